using MlopsPlane.Mlflow.Search;
using MlopsPlane.Primitives;

namespace MlopsPlane.Libs.Tests.Search;

public sealed class RunFilterTests
{
    [Theory]
    [InlineData("metric.acc >= 0.94", SearchEntity.Metric, "acc", SearchOperator.GreaterOrEqual, 0.94)]
    [InlineData("metric.acc>=100", SearchEntity.Metric, "acc", SearchOperator.GreaterOrEqual, 100)]
    [InlineData("metric.\"legit name\" >= 0.243", SearchEntity.Metric, "legit name", SearchOperator.GreaterOrEqual, 0.243)]
    [InlineData("metrics.XYZ = 3", SearchEntity.Metric, "XYZ", SearchOperator.Equal, 3)]
    [InlineData("metrics.\"X//Y#$$@&Z\" = 3", SearchEntity.Metric, "X//Y#$$@&Z", SearchOperator.Equal, 3)]
    [InlineData("`metric`.a >= 0.1", SearchEntity.Metric, "a", SearchOperator.GreaterOrEqual, 0.1)]
    [InlineData("metrics.\"accuracy.2.0\" > 5", SearchEntity.Metric, "accuracy.2.0", SearchOperator.Greater, 5)]
    [InlineData("metrics.`spacey name` > 5", SearchEntity.Metric, "spacey name", SearchOperator.Greater, 5)]
    [InlineData("metrics.measure_a != -12.0", SearchEntity.Metric, "measure_a", SearchOperator.NotEqual, -12.0)]
    [InlineData("metrics.m < 1e-3", SearchEntity.Metric, "m", SearchOperator.Less, 1e-3)]
    [InlineData("metrics.m<=.5", SearchEntity.Metric, "m", SearchOperator.LessOrEqual, 0.5)]
    [InlineData("metrics.a.b.c > 1", SearchEntity.Metric, "a.b.c", SearchOperator.Greater, 1)]
    [InlineData("metrics.order > 1", SearchEntity.Metric, "order", SearchOperator.Greater, 1)]
    [InlineData("attribute.start_time >= 1234", SearchEntity.Attribute, "start_time", SearchOperator.GreaterOrEqual, 1234)]
    [InlineData("created < 5", SearchEntity.Attribute, "start_time", SearchOperator.Less, 5)]
    public void Numbers_are_compared_with_metrics_and_times(string filter, SearchEntity entity, string key, SearchOperator test, double number) =>
        Assert.Equal(new FilterClause(entity, key, test, Number: number), SearchGrammar.Runs.ParseFilter(filter));

    [Theory]
    [InlineData("params.m!='tf'", SearchEntity.Parameter, "m", SearchOperator.NotEqual, "tf")]
    [InlineData("params.\"m\"!=\"tf\"", SearchEntity.Parameter, "m", SearchOperator.NotEqual, "tf")]
    [InlineData("params.'m' = 'tf'", SearchEntity.Parameter, "m", SearchOperator.Equal, "tf")]
    [InlineData("params.\"p.a.r.a.m\" != \"a\"", SearchEntity.Parameter, "p.a.r.a.m", SearchOperator.NotEqual, "a")]
    [InlineData("params.m = \"L'Hosp\"", SearchEntity.Parameter, "m", SearchOperator.Equal, "L'Hosp")]
    [InlineData("tags.version = 'commit-hash'", SearchEntity.Tag, "version", SearchOperator.Equal, "commit-hash")]
    [InlineData("`tags`.source_name = 'a notebook'", SearchEntity.Tag, "source_name", SearchOperator.Equal, "a notebook")]
    [InlineData("tags.mlflow.parentRunId = 'x'", SearchEntity.Tag, "mlflow.parentRunId", SearchOperator.Equal, "x")]
    [InlineData("tags.t like 'a%'", SearchEntity.Tag, "t", SearchOperator.Like, "a%")]
    [InlineData("tags.t ILike 'a%'", SearchEntity.Tag, "t", SearchOperator.ILike, "a%")]
    [InlineData("attribute.artifact_uri = '1/23/4'", SearchEntity.Attribute, "artifact_uri", SearchOperator.Equal, "1/23/4")]
    [InlineData("run.status = 'RUNNING'", SearchEntity.Attribute, "status", SearchOperator.Equal, "RUNNING")]
    [InlineData("attributes.`Run name` = 'n'", SearchEntity.Attribute, "run_name", SearchOperator.Equal, "n")]
    [InlineData("dataset.name = 'd'", SearchEntity.Dataset, "name", SearchOperator.Equal, "d")]
    [InlineData("tags.a = 'x AND y OR (z)'", SearchEntity.Tag, "a", SearchOperator.Equal, "x AND y OR (z)")]
    [InlineData("tags.a = ''", SearchEntity.Tag, "a", SearchOperator.Equal, "")]
    public void Texts_are_compared_with_params_tags_fields_and_datasets(string filter, SearchEntity entity, string key, SearchOperator test, string text) =>
        Assert.Equal(new FilterClause(entity, key, test, text), SearchGrammar.Runs.ParseFilter(filter));

    [Theory]
    [InlineData("run_id IN ('a1','b2')", "a1,b2")]
    [InlineData("attributes.run_id NOT IN ('a1', \"b2\",)", "a1,b2")]
    [InlineData("run_id in ('A1','b2')", "b2")]
    [InlineData("run_id IN ('12')", "")]
    [InlineData("datasets.name IN ('d', 'e')", "d,e")]
    [InlineData("params.lr IN ('0.1', 'Adam')", "0.1,Adam")]
    [InlineData("tags.t NOT IN ('it''s', 'a\\'b')", "its,a'b")]
    public void Lists_are_read_as_python_reads_them(string filter, string items)
    {
        var clause = Assert.IsType<FilterClause>(SearchGrammar.Runs.ParseFilter(filter));
        Assert.Equal(items, string.Join(',', clause.Items!));
        Assert.Equal(filter.Contains("NOT", StringComparison.Ordinal) ? SearchOperator.NotIn : SearchOperator.In, clause.Operator);
    }

    [Theory]
    [InlineData("tags.version IS NULL", SearchEntity.Tag, "version", SearchOperator.IsNull)]
    [InlineData("tags.version is  not  null", SearchEntity.Tag, "version", SearchOperator.IsNotNull)]
    [InlineData("params.lr IS NOT NULL", SearchEntity.Parameter, "lr", SearchOperator.IsNotNull)]
    public void The_presence_of_a_key_can_be_tested(string filter, SearchEntity entity, string key, SearchOperator test) =>
        Assert.Equal(new FilterClause(entity, key, test), SearchGrammar.Runs.ParseFilter(filter));

    [Theory]
    [InlineData("metrics.a > 1 and params.b = 'x' AND tags.c IS NULL", "(metrics.a & params.b & tags.c)")]
    [InlineData("metrics.a > 1 metrics.b > 2", "(metrics.a & metrics.b)")]
    [InlineData("metrics.a > 1 OR params.b = 'x'", "(metrics.a | params.b)")]
    [InlineData("metrics.a > 1 AND metrics.b > 2 or metrics.c > 3", "((metrics.a & metrics.b) | metrics.c)")]
    [InlineData("metrics.a > 1 AND (metrics.b > 2 OR metrics.c > 3)", "(metrics.a & (metrics.b | metrics.c))")]
    [InlineData("(metrics.a > 1)", "metrics.a")]
    [InlineData("run_id IN ('a') AND (params.b IN ('x') OR tags.c = 'y')", "(attributes.run_id & (params.b | tags.c))")]
    public void Clauses_are_joined_by_and_or_and_parentheses(string filter, string tree) =>
        Assert.Equal(tree, Draw(SearchGrammar.Runs.ParseFilter(filter)!));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void A_filter_without_clauses_is_no_filter(string? filter) => Assert.Null(SearchGrammar.Runs.ParseFilter(filter));

    [Theory]
    [InlineData("metric.acc >= 0.94; metrics.rmse < 1", "Search filter contained multiple expression 'metric.acc >= 0.94; metrics.rmse < 1'. Provide AND-ed expression list.")]
    [InlineData("m.acc >= 0.94", "Invalid entity type 'm'. Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']")]
    [InlineData("acc >= 0.94", "Invalid attribute key 'acc' specified. Valid keys are '{")]
    [InlineData("p.model >= 'LR'", "Invalid entity type 'p'")]
    [InlineData("attri.x != 1", "Invalid entity type 'attri'")]
    [InlineData("model >= 'LR'", "Invalid attribute key 'model'")]
    [InlineData("metrics.A > 0.1 NAND params.B = 'LR'", "Invalid clause(s) in filter string: 'metrics.A > 0.1 NAND'")]
    [InlineData("`metrics.A > 0.1", "Invalid clause(s) in filter string: '`'")]
    [InlineData("param`.A > 0.1", "Invalid clause(s) in filter string")]
    [InlineData("`dummy.A > 0.1", "Invalid clause(s) in filter string")]
    [InlineData("dummy`.A > 0.1", "Invalid clause(s) in filter string")]
    [InlineData("attribute.start != 1", "Invalid attribute key 'start'")]
    [InlineData("attribute.experiment_id != 1", "Invalid attribute key 'experiment_id'")]
    [InlineData("attribute.lifecycle_stage = 'ACTIVE'", "Invalid attribute key 'lifecycle_stage'")]
    [InlineData("attribute._status != 'RUNNING'", "Invalid attribute key '_status'")]
    [InlineData("attribute.status = true", "Invalid clause(s) in filter string: 'attribute.status', '=', 'true'")]
    [InlineData("dataset.status = 'true'", "Invalid dataset key 'status' specified. Valid keys are '{'name', 'digest', 'context'}'")]
    [InlineData("metrics.acc IS NULL", "IS NULL / IS NOT NULL is only supported for tags and params, not for 'metric' 'acc'")]
    [InlineData("attribute.status IS NULL", "IS NULL / IS NOT NULL is only supported for tags and params, not for 'attribute' 'status'")]
    [InlineData("foo is null", "Invalid attribute key 'foo'")]
    [InlineData("metric.model = 'LR'", "Expected numeric value type for metric. Found 'LR'")]
    [InlineData("params.acc = 5", "Expected a quoted string value for parameter (e.g. 'my-value'). Got value 5")]
    [InlineData("tags.acc = 5", "Expected a quoted string value for tag (e.g. 'my-value'). Got value 5")]
    [InlineData("metrics.acc != metrics.acc", "Expected numeric value type for metric. Found metrics.acc")]
    [InlineData("1.0 > metrics.acc", "Invalid comparison clause. Expected 'Identifier' found '1.0'")]
    [InlineData("metrics.a > 1 > 2", "Invalid comparison clause. Expected 'Identifier' found 'metrics.a > 1'")]
    [InlineData("1=1", "Invalid comparison clause. Expected 'Identifier' found '1'")]
    [InlineData("1==2", "Invalid comparison clause. Expected 'Identifier' found '1'")]
    [InlineData("attribute.status = 1", "Expected a quoted string value for attributes. Got value 1")]
    [InlineData("params.acc = LR", "Parameter value is either not quoted or unidentified quote types used for string value LR. Use either single or double quotes.")]
    [InlineData("params.acc = `LR`", "Parameter value is either not quoted or unidentified quote types used for string value `LR`.")]
    [InlineData("params.'acc = LR", "Invalid clause(s) in filter string")]
    [InlineData("params.acc = 'LR", "Invalid clause(s) in filter string")]
    [InlineData("params.acc = LR'", "Invalid clause(s) in filter string: '''")]
    [InlineData("params.acc = \"LR'", "Invalid clause(s) in filter string")]
    [InlineData("tags.acc = = 'LR'", "Invalid clause(s) in filter string")]
    [InlineData("attribute.status IS 'RUNNING'", "Invalid clause(s) in filter string")]
    [InlineData("params.acc LR !=", "Invalid clause(s) in filter string: 'params.acc LR', '!='")]
    [InlineData("params.acc LR", "Invalid clause(s) in filter string: 'params.acc LR'")]
    [InlineData("metric.acc !=", "Invalid clause(s) in filter string: 'metric.acc', '!='")]
    [InlineData("metrics.a > 1 OR", "Invalid clause(s) in filter string: 'OR'")]
    [InlineData("OR metrics.a > 1", "Invalid clause(s) in filter string: 'OR'")]
    [InlineData("()", "Invalid clause(s) in filter string: '()'")]
    [InlineData("metrics.a > 1;", "Invalid clause(s) in filter string: ';'")]
    [InlineData("metrics.abc ~ 1.0", "Invalid comparator '~' not one of")]
    [InlineData("params.abc > 'v'", "Invalid comparator '>' not one of")]
    [InlineData("tags.abc NOT LIKE 'v'", "Invalid comparator 'NOT LIKE' not one of")]
    [InlineData("attributes.status >= 'v'", "Invalid comparator '>=' not one of")]
    [InlineData("attributes.start_time LIKE 1234", "Invalid comparator 'LIKE' not one of")]
    [InlineData("datasets.name ~ 'v'", "Invalid comparator '~' not one of")]
    [InlineData("run_name IN ('a')", "Only the 'run_id' attribute supports comparison with a list of quoted string values.")]
    [InlineData("run_id IN ()", "While parsing a list in the query, expected a non-empty list of string values, but got empty list")]
    [InlineData("run_id IN (,)", "While parsing a list in the query, expected a non-empty list of string values, but got ill-formed list.")]
    [InlineData("run_id IN ('a',,'b')", "While parsing a list in the query, expected a non-empty list of string values, but got ill-formed list.")]
    [InlineData("run_id IN (1,2,3)", "While parsing a list in the query, expected string value, punctuation, or whitespace, but got different type in list: (1, 2, 3)")]
    [InlineData("run_id IN ('a'", "Invalid clause(s) in filter string")]
    [InlineData("run_id = ('a')", "Expected a quoted string value for attributes. Got value ('a')")]
    [InlineData("tags.a = 'x\0'", "must not contain NUL")]
    public void What_the_language_does_not_have_is_refused_with_mlflows_message(string filter, string message)
    {
        var refusal = Assert.Throws<PlaneException>(() => SearchGrammar.Runs.ParseFilter(filter));
        Assert.Equal((400, "INVALID_PARAMETER_VALUE"), (refusal.Error.Status, refusal.Error.Code));
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Filters_are_bounded_in_depth_and_in_clauses()
    {
        var deep = new string('(', 500) + "metrics.a > 1" + new string(')', 500);
        var wide = string.Join(" AND ", Enumerable.Repeat("metrics.a > 1", 5000));
        Assert.Contains("nest too deep", Assert.Throws<PlaneException>(() => SearchGrammar.Runs.ParseFilter(deep)).Message);
        Assert.Contains("more than 100 clauses", Assert.Throws<PlaneException>(() => SearchGrammar.Runs.ParseFilter(wide)).Message);
    }

    private static string Draw(FilterNode node) => node switch
    {
        AllOf all => $"({string.Join(" & ", all.Parts.Select(Draw))})",
        AnyOf any => $"({string.Join(" | ", any.Parts.Select(Draw))})",
        FilterClause { Entity: SearchEntity.Parameter } clause => $"params.{clause.Key}",
        FilterClause clause => $"{clause.Entity.ToString().ToLowerInvariant()}s.{clause.Key}",
        _ => "?",
    };
}
