using MlopsPlane.Mlflow.Search;
using MlopsPlane.Primitives;

namespace MlopsPlane.Libs.Tests.Search;

public sealed class OtherGrammarTests
{
    [Fact]
    public void Experiments_are_filtered_by_name_times_and_tags()
    {
        Assert.Equal(new FilterClause(SearchEntity.Attribute, "name", SearchOperator.Equal, "a"), SearchGrammar.Experiments.ParseFilter("attribute.`name` = 'a'"));
        Assert.Equal(new FilterClause(SearchEntity.Tag, "k e y", SearchOperator.Like, "v%"), SearchGrammar.Experiments.ParseFilter("tag.\"k e y\" like 'v%'"));
        Assert.Equal(new FilterClause(SearchEntity.Attribute, "last_update_time", SearchOperator.LessOrEqual, Number: 12), SearchGrammar.Experiments.ParseFilter("last_update_time <= 12"));
        Assert.Equal(new FilterClause(SearchEntity.Tag, "a", SearchOperator.IsNull), SearchGrammar.Experiments.ParseFilter("tags.a IS NULL"));
    }

    [Theory]
    [InlineData("attributes.name = 'a'", "Invalid entity type 'attributes'. Valid entity types are ('attribute', 'tag', 'tags')")]
    [InlineData("id = 'a'", "Invalid attribute key 'id' specified. Valid keys are '{'name', 'creation_time', 'last_update_time'}'")]
    [InlineData("name IS NULL", "IS NULL / IS NOT NULL is only supported for tags, not for attribute 'name'")]
    [InlineData("name IN ('a')", "Only the 'run_id' attribute supports comparison with a list of quoted string values.")]
    [InlineData("name > 'a'", "Invalid comparator '>' not one of '{")]
    [InlineData("tags.a > 'a'", "Invalid comparator for tag: >")]
    [InlineData("creation_time = 'a'", "Expected numeric value type for numeric attribute: creation_time. Found 'a'")]
    [InlineData("name = 'a' FOO", "Invalid clause(s) in filter string: name = 'a' FOO")]
    public void Experiment_filters_are_refused_with_their_own_messages(string filter, string message) =>
        Assert.Contains(message, Assert.Throws<PlaneException>(() => SearchGrammar.Experiments.ParseFilter(filter)).Message);

    [Fact]
    public void Registry_filters_know_their_keys()
    {
        Assert.Equal(new FilterClause(SearchEntity.Attribute, "name", SearchOperator.ILike, "%%"), SearchGrammar.RegisteredModels.ParseFilter("name iLike '%%'"));
        Assert.Equal(new FilterClause(SearchEntity.Attribute, "version_number", SearchOperator.LessOrEqual, Number: 3), SearchGrammar.ModelVersions.ParseFilter("version_number<=3"));
        Assert.Equal(new FilterClause(SearchEntity.Tag, "mlflow.prompt.is_prompt", SearchOperator.Equal, "true"), SearchGrammar.RegisteredModels.ParseFilter("tags.`mlflow.prompt.is_prompt` = 'true'"));
        Assert.Equal(["b"], Assert.IsType<FilterClause>(SearchGrammar.ModelVersions.ParseFilter("run_id IN ('A', 'b')")).Items!);
    }

    [Theory]
    [InlineData("name!=something", "Parameter value is either not quoted or unidentified quote types used for string value something")]
    [InlineData("run_id='x'", "Invalid attribute key 'run_id' specified.")]
    [InlineData("evilhax = true", "Invalid clause(s) in filter string: evilhax, =, true")]
    [InlineData("name > 'a'", "Invalid comparator for attribute: >")]
    [InlineData("tags.a > 'a'", "Invalid comparator for tag: >")]
    [InlineData("name = 5", "Expected a quoted string value or a list of quoted string values for attributes. Got value 5")]
    [InlineData("tags.a IS NULL", "Invalid comparator for tag: IS NULL")]
    public void Registered_model_filters_are_refused_with_their_own_messages(string filter, string message) =>
        Assert.Contains(message, Assert.Throws<PlaneException>(() => SearchGrammar.RegisteredModels.ParseFilter(filter)).Message);

    [Theory]
    [InlineData("run_id IN (", "Invalid clause(s) in filter string")]
    [InlineData("run_id IN", "Invalid clause(s) in filter string")]
    [InlineData("name LIKE", "Invalid clause(s) in filter string")]
    [InlineData("name IN ('a')", "Only the 'run_id' attribute supports comparison with a list")]
    [InlineData("version_number IN (1, 2)", "Only the 'run_id' attribute supports comparison with a list")]
    [InlineData("version_number LIKE '1'", "Invalid comparator for attribute version_number: LIKE")]
    [InlineData("name = 5", "attributes support comparison with numeric values.")]
    public void Model_version_filters_are_refused_with_their_own_messages(string filter, string message) =>
        Assert.Contains(message, Assert.Throws<PlaneException>(() => SearchGrammar.ModelVersions.ParseFilter(filter)).Message);

    [Theory]
    [InlineData("name = 'a'", SearchEntity.Attribute, "name", SearchOperator.Equal, "a")]
    [InlineData("attributes.model_id LIKE 'm-%'", SearchEntity.Attribute, "model_id", SearchOperator.Like, "m-%")]
    [InlineData("tags.`tag 3` = 'val3'", SearchEntity.Tag, "tag 3", SearchOperator.Equal, "val3")]
    [InlineData("params.lr = 0.01", SearchEntity.Parameter, "lr", SearchOperator.Equal, "0.01")]
    public void Logged_models_compare_texts(string filter, SearchEntity entity, string key, SearchOperator test, string text) =>
        Assert.Equal(new FilterClause(entity, key, test, text), SearchGrammar.LoggedModels.ParseFilter(filter));

    [Fact]
    public void Logged_models_compare_numbers_and_lists()
    {
        Assert.Equal(new FilterClause(SearchEntity.Metric, "m", SearchOperator.Less, Number: 3), SearchGrammar.LoggedModels.ParseFilter("metrics.m < 3"));
        Assert.Equal(new FilterClause(SearchEntity.Attribute, "creation_timestamp", SearchOperator.Greater, Number: 0), SearchGrammar.LoggedModels.ParseFilter("creation_time > 0"));
        Assert.Equal(["Foo"], Assert.IsType<FilterClause>(SearchGrammar.LoggedModels.ParseFilter("name NOT IN ('Foo',)")).Items!);
    }

    [Theory]
    [InlineData("Foo", "Invalid filter string: 'Foo'. Expected a list of comparisons separated by 'AND' (e.g. 'metrics.loss > 0.1 AND params.lr = 0.01').")]
    [InlineData("name = 'foo' OR name = 'bar'", "Invalid filter string: \"name = 'foo' OR name = 'bar'\"")]
    [InlineData("a = 1; b = 2", "Invalid filter string: 'a = 1; b = 2'. Expected a single SQL expression.")]
    [InlineData("foo.bar = 'a'", "Invalid entity type: 'foo'. Expected one of ['attributes', 'metrics', 'params', 'tags'].")]
    [InlineData("name > 'foo'", "Invalid comparison operator for attributes.name: '>'. Expected one of ('=', '!=', 'LIKE', 'ILIKE', 'IN', 'NOT IN').")]
    [InlineData("metrics.foo LIKE 0", "Invalid comparison operator for metrics.foo: 'LIKE'.")]
    [InlineData("metrics.foo = 'v'", "could not convert string to float")]
    [InlineData("tags.a IS NULL", "Invalid comparison: tags.a IS NULL. Expected a comparison with 3 tokens.")]
    [InlineData("foo = 'a'", "Invalid attribute key 'foo'")]
    public void Logged_model_filters_are_refused_with_their_own_messages(string filter, string message) =>
        Assert.Contains(message, Assert.Throws<PlaneException>(() => SearchGrammar.LoggedModels.ParseFilter(filter)).Message);
}
