using System.Text;
using MlopsPlane.Mlflow.Search;
using MlopsPlane.Primitives;

namespace MlopsPlane.Libs.Tests.Search;

public sealed class OrderAndTokenTests
{
    [Theory]
    [InlineData("metrics.`Mean Square Error`", SearchEntity.Metric, "Mean Square Error", true)]
    [InlineData("metrics.`Mean Square Error` ASC", SearchEntity.Metric, "Mean Square Error", true)]
    [InlineData("metrics.`Mean Square Error` DESC", SearchEntity.Metric, "Mean Square Error", false)]
    [InlineData("metrics.\"key1\"  desc", SearchEntity.Metric, "key1", false)]
    [InlineData("params.my_param aSc", SearchEntity.Parameter, "my_param", true)]
    [InlineData("attributes.start_time", SearchEntity.Attribute, "start_time", true)]
    [InlineData("attributes.Created DESC", SearchEntity.Attribute, "start_time", false)]
    [InlineData("end_time DESC", SearchEntity.Attribute, "end_time", false)]
    [InlineData("tag.metric\tdesc", SearchEntity.Tag, "metric", false)]
    public void Runs_are_ordered_by_one_key_and_a_direction(string clause, SearchEntity entity, string key, bool ascending) =>
        Assert.Equal(new SearchOrder(entity, key, ascending), SearchGrammar.Runs.ParseOrder(clause));

    [Theory]
    [InlineData("m.acc", "Invalid entity type 'm'")]
    [InlineData("acc", "Invalid attribute key 'acc'")]
    [InlineData("`metrics.A", "Invalid order_by clause '`metrics.A'. Could not be parsed.")]
    [InlineData("`metrics.A`", "Invalid entity type '`metrics'")]
    [InlineData("attribute.start", "Invalid attribute key 'start'")]
    [InlineData("attribute.experiment_id", "Invalid attribute key 'experiment_id'")]
    [InlineData("metrics.A != 1", "Invalid order_by clause 'metrics.A != 1'. Could not be parsed.")]
    [InlineData("params.my_param ", "Invalid order_by clause 'params.my_param '. Could not be parsed.")]
    [InlineData("attribute.run_id ACS", "Invalid ordering key in order_by clause 'attribute.run_id ACS'.")]
    [InlineData("attribute.run_id decs", "Invalid ordering key in order_by clause")]
    [InlineData("", "Invalid order_by clause ''. Could not be parsed.")]
    [InlineData("dataset.name", "Invalid identifier type 'dataset'")]
    public void Bad_orders_of_runs_are_refused_with_mlflows_message(string clause, string message) =>
        Assert.Contains(message, Assert.Throws<PlaneException>(() => SearchGrammar.Runs.ParseOrder(clause)).Message);

    [Theory]
    [InlineData("timestamp\tASC", "last_updated_timestamp", true)]
    [InlineData("timestamp\r\rASC", "last_updated_timestamp", true)]
    [InlineData("timestamp\nASC", "last_updated_timestamp", true)]
    [InlineData("timestamp  deSc", "last_updated_timestamp", false)]
    [InlineData("timestamp", "last_updated_timestamp", true)]
    [InlineData("name   DESC", "name", false)]
    public void Registered_models_are_ordered_by_name_or_timestamp(string clause, string key, bool ascending) =>
        Assert.Equal(new SearchOrder(SearchEntity.Attribute, key, ascending), SearchGrammar.RegisteredModels.ParseOrder(clause));

    [Theory]
    [InlineData("creation_timestamp DESC", "Invalid order by key 'creation_timestamp' specified. Valid keys are '{'name', 'timestamp'}'")]
    [InlineData("last_updated_timestamp DESC blah", "Invalid order_by clause 'last_updated_timestamp DESC blah'")]
    [InlineData("", "Invalid order_by clause")]
    [InlineData("timestamp somerandomstuff ASC", "Invalid order_by clause")]
    [InlineData("timestamp somerandomstuff", "Invalid order_by clause")]
    [InlineData("timestamp decs", "Invalid order_by clause")]
    [InlineData("timestamp ACS", "Invalid order_by clause")]
    [InlineData("name aCs", "Invalid ordering key")]
    public void Bad_orders_of_registered_models_are_refused_with_mlflows_message(string clause, string message) =>
        Assert.Contains(message, Assert.Throws<PlaneException>(() => SearchGrammar.RegisteredModels.ParseOrder(clause)).Message);

    [Fact]
    public void A_field_cannot_be_ordered_by_twice()
    {
        var refusal = Assert.Throws<PlaneException>(() => SearchGrammar.Runs.ParseOrders(["attribute.start_time", "created DESC"]));
        Assert.Equal("`order_by` contains duplicate fields: ['attribute.start_time', 'created DESC']", refusal.Message);
        Assert.Equal(3, SearchGrammar.Runs.ParseOrders(["param.a", "metric.a", "tag.a"]).Count);
        Assert.Throws<PlaneException>(() => SearchGrammar.RegisteredModels.ParseOrders(["timestamp", "last_updated_timestamp"]));
    }

    [Theory]
    [InlineData("evilhax", "Invalid page token, could not base64-decode")]
    [InlineData("not base64", "Invalid page token, could not base64-decode")]
    [InlineData("bm90IGpzb24=", "Invalid page token, decoded value=b'not json'")]
    [InlineData("e30=", "Invalid page token, parsed value={}")]
    [InlineData("eyJvZmZzb290IjogN30=", "Invalid page token, parsed value={'offsoot': 7}")]
    [InlineData("eyJvZmZzZXQiOiAiYSJ9", "Invalid page token, not stringable a")]
    public void Malformed_tokens_are_refused_with_mlflows_messages(string token, string message) =>
        Assert.Equal(message, Assert.Throws<PlaneException>(() => PageToken.Parse(token, "")).Message);

    [Fact]
    public void Every_other_forgery_of_a_token_is_refused_as_well()
    {
        string[] forged =
        [
            "[1]", "null", "5", "{\"offset\": -1}", "{\"offset\": 1e400}", "{\"offset\": 1.5}", "{\"after\": [1]}",
            "{\"after\": [1], \"order\": \"x\"}", "{\"offset\": \"\\ud800\"}", "{\"\\ud800\": 1}", new string('[', 5000),
        ];
        foreach (var json in forged)
        {
            var token = Convert.ToBase64String(Encoding.UTF8.GetBytes(json));
            Assert.StartsWith("Invalid page token, ", Assert.Throws<PlaneException>(() => PageToken.Parse(token, "o")).Message);
        }
    }

    [Fact]
    public void A_token_brings_back_the_keys_of_its_row_for_its_own_order_only()
    {
        var token = PageToken.After("name", [null, 5L, 0.1, "é'\""]);
        Type[] types = [typeof(string), typeof(long), typeof(double), typeof(string)];
        Assert.Equal([null, 5L, 0.1, "é'\""], PageToken.Parse(token, "name")!.Keys(types)!);
        Assert.Throws<PlaneException>(() => PageToken.Parse(token, "other"));
        Assert.Throws<PlaneException>(() => PageToken.Parse(token, "name")!.Keys([typeof(long)]));
        Assert.Throws<PlaneException>(() => PageToken.Parse(token, "name")!.Keys([typeof(string), typeof(string), typeof(double), typeof(string)]));
    }

    [Fact]
    public void An_offset_of_mlflows_own_form_is_honoured()
    {
        Assert.Equal(7, PageToken.Parse(PageToken.AtOffset(7), "any")!.Offset);
        Assert.Null(PageToken.Parse("", "any"));
        Assert.Null(PageToken.Parse(null, "any"));
    }
}
