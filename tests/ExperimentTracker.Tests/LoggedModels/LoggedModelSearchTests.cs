using System.Text.Json;
using MlopsPlane.ExperimentTracker.Tests.Search;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ExperimentTracker.Tests.LoggedModels;

public sealed class LoggedModelSearchOnSqlite(AllInOneOnSqlite plane) : LoggedModelSearchTests(plane);

public sealed class LoggedModelSearchOnPostgres(AllInOneOnPostgres plane) : LoggedModelSearchTests(plane);

public abstract class LoggedModelSearchTests(PlaneFixture plane)
{
    [Theory]
    [InlineData("name = 'alpha'", "alpha")]
    [InlineData("attributes.name LIKE 'a%'", "alpha")]
    [InlineData("name IN ('alpha')", "alpha")]
    [InlineData("name IN ('alpha',)", "alpha")]
    [InlineData("name NOT IN ('alpha', 'foo')", "gamma,Beta")]
    [InlineData("creation_timestamp > 0", "gamma,Beta,alpha")]
    [InlineData("creation_timestamp = 0", "")]
    [InlineData("params.p = 'v' AND tags.`tag 3` = 'val3'", "Beta")]
    [InlineData("params.p = 'v'", "gamma,Beta")]
    [InlineData("metrics.acc > 0.5", "gamma,alpha")]
    [InlineData("metrics.acc < 0.5", "gamma")]
    [InlineData("metrics.acc = nan", "")]
    [InlineData("metrics.acc < inf", "gamma,alpha")]
    [InlineData("creation_timestamp > NaN", "")]
    [InlineData("creation_timestamp < Infinity", "gamma,Beta,alpha")]
    [InlineData("status = 'READY'", "Beta")]
    [InlineData("status != 'LOGGED_MODEL_READY'", "gamma,alpha")]
    [InlineData("status LIKE 'READY'", "Beta")]
    [InlineData("status ILIKE 'pend%'", "gamma,alpha")]
    [InlineData("status LIKE 'LOGGED_MODEL%'", "gamma,Beta,alpha")]
    [InlineData("model_type = 'T'", "alpha")]
    [InlineData("source_run_id = ''", "gamma,Beta,alpha")]
    public async Task Models_are_found_by_fields_params_tags_and_metrics(string filter, string expected)
    {
        using var world = await WorldAsync();
        Assert.Equal(expected, await FindAsync(world, new { experiment_ids = new[] { world.ExperimentId }, filter }));
    }

    [Theory]
    [InlineData("Foo", "Invalid filter string")]
    [InlineData("name = 'foo' OR name = 'bar'", "Invalid filter string")]
    [InlineData("foo.bar = 'a'", "Invalid entity type")]
    [InlineData("name > 'foo'", "Invalid comparison operator")]
    [InlineData("metrics.foo LIKE 0", "'LIKE'. Expected one of ('<', '<=', '>', '>=', '=', '!=').")]
    public async Task Bad_filters_are_refused_with_mlflows_messages(string filter, string message)
    {
        using var world = await SearchWorld.CreateAsync(plane);
        Assert.Contains(message, await world.RefusedAsync("logged-models/search", new { experiment_ids = new[] { world.ExperimentId }, filter }));
    }

    [Theory]
    [InlineData("""[]""", "gamma,Beta,alpha")]
    [InlineData("""[{"field_name":"creation_time","ascending":true}]""", "alpha,Beta,gamma")]
    [InlineData("""[{"field_name":"name"}]""", "Beta,alpha,gamma")]
    [InlineData("""[{"field_name":"metrics.acc"}]""", "alpha,gamma,Beta")]
    [InlineData("""[{"field_name":"metrics.acc","ascending":false}]""", "gamma,alpha,Beta")]
    [InlineData("""[{"field_name":"metrics.acc","dataset_name":"d1"}]""", "gamma,alpha,Beta")]
    [InlineData("""[{"field_name":"metrics.acc","dataset_name":"d1","dataset_digest":"g1","ascending":false}]""", "alpha,gamma,Beta")]
    [InlineData("""[{"field_name":"metrics.acc","dataset_digest":"g2"}]""", "alpha,gamma,Beta")]
    [InlineData("""[{"field_name":"model_type"},{"field_name":"status","ascending":false}]""", "Beta,gamma,alpha")]
    public async Task Models_come_in_the_order_asked_for_with_missing_metrics_last(string orderBy, string expected)
    {
        using var world = await WorldAsync();
        var order = JsonElement.Parse(orderBy);
        Assert.Equal(expected, await FindAsync(world, new { experiment_ids = new[] { world.ExperimentId }, order_by = order }));

        var found = new List<string>();
        string? token = null;
        do
        {
            var page = await world.PostAsync("logged-models/search", new { experiment_ids = new[] { world.ExperimentId }, order_by = order, max_results = 1, page_token = token });
            found.Add(Names(page));
            token = page.TryGetProperty("next_page_token", out var next) ? next.GetString() : null;
        }
        while (token is not null);
        Assert.Equal(expected, string.Join(',', found));
    }

    [Fact]
    public async Task Datasets_restrict_the_metrics_that_count()
    {
        using var world = await WorldAsync();
        async Task<string> Find(object[] datasets, string? filter = null) =>
            await FindAsync(world, new { experiment_ids = new[] { world.ExperimentId }, datasets, filter });
        Assert.Equal("gamma,alpha", await Find([new { dataset_name = "d1" }]));
        Assert.Equal("", await Find([new { dataset_name = "d1", dataset_digest = "other" }]));
        Assert.Equal("alpha", await Find([new { dataset_name = "d1" }], "metrics.acc > 0.5"));
        Assert.Equal("gamma,alpha", await Find([new { dataset_name = "d1" }, new { dataset_name = "d2", dataset_digest = "g2" }], "metrics.acc > 0.5"));
        Assert.Contains("`dataset_name` in the `datasets` clause must be specified.",
            await world.RefusedAsync("logged-models/search", new { experiment_ids = new[] { world.ExperimentId }, datasets = new[] { new { dataset_digest = "g" } } }));
    }

    [Fact]
    public async Task A_token_belongs_to_its_search()
    {
        using var world = await WorldAsync();
        string[] ids = [world.ExperimentId];
        var first = await world.PostAsync("logged-models/search", new { experiment_ids = ids, max_results = 1 });
        var page_token = first.GetProperty("next_page_token").GetString();
        Assert.Equal("Beta,alpha", await FindAsync(world, new { experiment_ids = ids, page_token }));

        Assert.Equal($"Experiment IDs in the page token do not match the requested experiment IDs. Expected: ['0']. Found: ['{world.ExperimentId}']",
            await world.RefusedAsync("logged-models/search", new { experiment_ids = new[] { "0" }, page_token }));
        Assert.Equal("Order by in the page token does not match the requested order by. Expected: [{'field_name': 'name', 'ascending': True, 'dataset_name': None, 'dataset_digest': None}]. Found: None",
            await world.RefusedAsync("logged-models/search", new { experiment_ids = ids, page_token, order_by = new[] { new { field_name = "name" } } }));
        Assert.Equal("Filter string in the page token does not match the requested filter string. Expected: name = 'a'. Found: None",
            await world.RefusedAsync("logged-models/search", new { experiment_ids = ids, page_token, filter = "name = 'a'" }));
        foreach (var forged in new[] { "evilhax", "e30=", "bm90IGpzb24=", "WzFd" })
            await world.RefusedAsync("logged-models/search", new { experiment_ids = ids, page_token = forged });
    }

    [Theory]
    [InlineData("params.p", "Invalid order by field name: params.p. Only metrics are supported.")]
    [InlineData("foo", "Invalid order by field name: foo")]
    public async Task Unknown_orders_are_refused_with_mlflows_messages(string field_name, string message)
    {
        using var world = await SearchWorld.CreateAsync(plane);
        Assert.Equal(message, await world.RefusedAsync("logged-models/search", new { experiment_ids = new[] { world.ExperimentId }, order_by = new[] { new { field_name } } }));
    }

    private static async Task<string> FindAsync(SearchWorld world, object search) => Names(await world.PostAsync("logged-models/search", search));

    private static string Names(JsonElement answer) => answer.TryGetProperty("models", out var models)
        ? string.Join(',', models.EnumerateArray().Select(model => model.GetProperty("info").GetProperty("name").GetString()))
        : "";

    /// <summary>alpha (acc 0.6 on d1, then 0.55 on d2), Beta (no metric), gamma (acc 0.4 on d1, then 0.9 on d2), in that order.</summary>
    private async Task<SearchWorld> WorldAsync()
    {
        var world = await SearchWorld.CreateAsync(plane);
        var alpha = await CreateAsync(new { experiment_id = world.ExperimentId, name = "alpha", model_type = "T" });
        var beta = await CreateAsync(new { experiment_id = world.ExperimentId, name = "Beta", @params = new[] { new { key = "p", value = "v" } }, tags = new[] { new { key = "tag 3", value = "val3" } } });
        var gamma = await CreateAsync(new { experiment_id = world.ExperimentId, name = "gamma", @params = new[] { new { key = "p", value = "v" } } });
        using var ready = await world.Client.PatchAsync($"/api/2.0/mlflow/logged-models/{beta}", System.Net.Http.Json.JsonContent.Create(new { model_id = beta, status = 2 }));
        Assert.True(ready.IsSuccessStatusCode);
        var run = (await world.PostAsync("runs/create", new { experiment_id = world.ExperimentId })).GetProperty("run").GetProperty("info").GetProperty("run_id").GetString();
        object Metric(string id, double value, long timestamp, string dataset, string digest) =>
            new { key = "acc", value, timestamp, step = 0, model_id = id, dataset_name = dataset, dataset_digest = digest };
        await world.PostAsync("runs/log-batch", new
        {
            run_id = run,
            metrics = new[] { Metric(alpha, 0.6, 1, "d1", "g1"), Metric(alpha, 0.55, 2, "d2", "g2"), Metric(gamma, 0.4, 3, "d1", "g1"), Metric(gamma, 0.9, 4, "d2", "g2") },
        });
        return world;

        async Task<string> CreateAsync(object body) =>
            (await world.PostAsync("logged-models", body)).GetProperty("model").GetProperty("info").GetProperty("model_id").GetString()!;
    }
}
