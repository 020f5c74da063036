using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ExperimentTracker.Tests.Search;

public sealed class RunSearchOnSqlite(AllInOneOnSqlite plane) : RunSearchTests(plane);

public sealed class RunSearchOnPostgres(AllInOneOnPostgres plane) : RunSearchTests(plane);

public abstract class RunSearchTests(PlaneFixture plane)
{
    [Fact]
    public async Task Runs_are_found_by_their_latest_metrics()
    {
        using var world = await SearchWorld.CreateAsync(plane);
        await world.AddRunAsync("r1", 3, metrics: [("m", 1), ("a-b", 2)]);
        await world.AddRunAsync("r2", 2, metrics: [("m", 400)]);
        await world.AddRunAsync("r3", 1, metrics: [("m", double.NaN)]);
        await world.AddRunAsync("r4", 0, metrics: [("other", 1)]);

        Assert.Equal("r1", await world.RunsAsync("metrics.m < 50.0"));
        Assert.Equal("r1,r2", await world.RunsAsync("metrics.m >= 1"));
        Assert.Equal("r2", await world.RunsAsync("metrics.m = 4e2"));
        Assert.Equal("r2,r3", await world.RunsAsync("metrics.m != 1"));
        Assert.Equal("", await world.RunsAsync("metrics.m = 0"));
        Assert.Equal("r1", await world.RunsAsync("metrics.\"a-b\" > 1 AND metrics.m > 0"));
        Assert.Equal("", await world.RunsAsync("metrics.m > 1e999"));
    }

    [Fact]
    public async Task Texts_are_compared_with_case_and_patterns_as_in_mlflow()
    {
        using var world = await SearchWorld.CreateAsync(plane);
        await world.AddRunAsync("r1", 2, parameters: [("p", "some value"), ("p_a", "abc")], tags: [("t", "x_y%z\\")]);
        await world.AddRunAsync("r2", 1, parameters: [("p", "another value"), ("p_b", "ABC")], tags: [("t", "xAyBz")]);

        Assert.Equal("r2", await world.RunsAsync("params.p LIKE '%other%'"));
        Assert.Equal("", await world.RunsAsync("params.p LIKE '%Other%'"));
        Assert.Equal("r2", await world.RunsAsync("params.p ILIKE '%Other%'"));
        Assert.Equal("", await world.RunsAsync("params.p LIKE 'other%'"));
        Assert.Equal("", await world.RunsAsync("params.p_a = 'ABC'"));
        Assert.Equal("r1", await world.RunsAsync("params.p_a != 'ABC'"));
        Assert.Equal("r1,r2", await world.RunsAsync("tags.t LIKE 'x_y%z%'"));
        // No character escapes a wildcard on either database.
        Assert.Equal("", await world.RunsAsync("tags.t LIKE 'x\\_y%'"));
        Assert.Equal("r1", await world.RunsAsync("tags.t LIKE '%\\'"));
        Assert.Equal("r1,r2", await world.RunsAsync("params.p IN ('some value', 'another value')"));
        Assert.Equal("r2", await world.RunsAsync("params.p NOT IN ('some value')"));
        Assert.Equal("", await world.RunsAsync("tags.absent != 'x'"));
    }

    [Fact]
    public async Task The_presence_of_keys_is_tested_by_is_null()
    {
        using var world = await SearchWorld.CreateAsync(plane);
        await world.AddRunAsync("r1", 2, tags: [("env", "prod")]);
        await world.AddRunAsync("r2", 1, parameters: [("lr", "0.01")]);

        Assert.Equal("r1", await world.RunsAsync("tags.env IS NOT NULL"));
        Assert.Equal("r2", await world.RunsAsync("tags.env IS NULL"));
        Assert.Equal("r1", await world.RunsAsync("params.lr is null AND tags.env = 'prod'"));
    }

    [Fact]
    public async Task Runs_are_found_by_their_own_fields()
    {
        using var world = await SearchWorld.CreateAsync(plane);
        await world.AddRunAsync("aa1", 2, 10, "FINISHED", "first");
        await world.AddRunAsync("bb2", 1, name: "second");

        Assert.Equal("aa1", await world.RunsAsync("attributes.status = 'FINISHED'"));
        Assert.Equal("aa1,bb2", await world.RunsAsync("attribute.status != 'blah'"));
        Assert.Equal("aa1", await world.RunsAsync("attributes.`Run name` = 'first'"));
        Assert.Equal("bb2", await world.RunsAsync("tags.`mlflow.runName` = 'second'"));
        Assert.Equal("bb2", await world.RunsAsync("run_id IN ('bb2','AA1') AND run_name ILIKE 'SEC%'"));
        Assert.Equal("aa1", await world.RunsAsync("run_id NOT IN ('bb2')"));
        Assert.Equal("aa1", await world.RunsAsync("attr.artifact_uri LIKE '%aa1%'"));
        Assert.Equal("", await world.RunsAsync("attr.artifact_uri LIKE '%AA1%'"));
        Assert.Equal("aa1", await world.RunsAsync("start_time > 1"));
        Assert.Equal("aa1", await world.RunsAsync("created >= 1.5"));
        Assert.Equal("aa1", await world.RunsAsync("end_time != 3"));
    }

    [Fact]
    public async Task Runs_are_found_by_the_datasets_that_they_read()
    {
        using var world = await SearchWorld.CreateAsync(plane);
        await world.AddRunAsync("r1", 1, datasets: [("name1", "digest1", "train"), ("name2", "digest2", "eval")]);
        await world.AddRunAsync("r2", 3, datasets: [("name1", "digest1", "train"), ("name3", "digest3", "eval")], parameters: [("p", "v")]);
        await world.AddRunAsync("r3", 2, datasets: [("name2", "digest2", "test")]);

        Assert.Equal("r2,r1", await world.RunsAsync("dataset.name = 'name1'"));
        Assert.Equal("r3,r1", await world.RunsAsync("dataset.digest = 'digest2'"));
        Assert.Equal("r2,r1", await world.RunsAsync("dataset.context = 'train'"));
        Assert.Equal("r3", await world.RunsAsync("dataset.name = 'name2' and dataset.context = 'test'"));
        Assert.Equal("r2,r3,r1", await world.RunsAsync("datasets.name IN ('name1', 'name2')"));
        Assert.Equal("", await world.RunsAsync("datasets.name LIKE 'Name%'"));
        Assert.Equal("r3", await world.RunsAsync("datasets.context ILIKE 'TEST%'"));
        Assert.Equal("r2", await world.RunsAsync("params.p = 'v' AND dataset.name = 'name1' AND dataset.context = 'train'"));
    }

    [Fact]
    public async Task Clauses_can_be_alternatives()
    {
        using var world = await SearchWorld.CreateAsync(plane);
        await world.AddRunAsync("r1", 3, metrics: [("m", 1)]);
        await world.AddRunAsync("r2", 2, tags: [("t", "x")]);
        await world.AddRunAsync("r3", 1, metrics: [("m", 1)], tags: [("t", "x")], status: "FAILED");

        Assert.Equal("r1,r2,r3", await world.RunsAsync("metrics.m = 1 OR tags.t = 'x'"));
        Assert.Equal("r3", await world.RunsAsync("status = 'FAILED' AND (metrics.m = 1 OR tags.t = 'x')"));
    }

    [Fact]
    public async Task Deleted_runs_and_other_experiments_are_shown_on_demand_only()
    {
        using var world = await SearchWorld.CreateAsync(plane);
        using var foreign = await SearchWorld.CreateAsync(plane);
        var second = await world.AddExperimentAsync("second");
        await world.AddRunAsync("r1", 3);
        await world.AddRunAsync("r2", 2, stage: "deleted");
        await world.AddRunAsync("r3", 1, experimentId: second);
        await foreign.AddRunAsync("r4", 4);

        Assert.Equal("r1", await world.RunsAsync());
        Assert.Equal("r2", await world.RunsAsync(view: "DELETED_ONLY"));
        Assert.Equal("r1,r2", await world.RunsAsync(view: "ALL"));
        Assert.Equal(["r1", "r3"], SearchWorld.RunIds(await world.PostAsync("runs/search", new { experiment_ids = new[] { world.ExperimentId, second, "77" } })));
        Assert.Equal("{}", (await world.PostAsync("runs/search", new { experiment_ids = Array.Empty<string>() })).GetRawText());
        Assert.Equal("{}", (await world.PostAsync("runs/search", new { experiment_ids = new[] { "77" } })).GetRawText());
    }

    [Fact]
    public async Task The_largest_search_that_the_language_allows_is_answered()
    {
        using var world = await SearchWorld.CreateAsync(plane);
        await world.AddRunAsync("r1", 1, metrics: [("m", 1)], tags: [("t", "x")]);
        var clauses = Enumerable.Range(0, 20).Select(i => $"(metrics.m{i} > 1 OR params.p{i} LIKE 'a%' OR tags.t NOT IN ('{i}') AND dataset.name != '{i}' OR tags.t = 'x')");
        var orders = Enumerable.Range(0, 30).Select(i => $"metrics.m{i} DESC").ToArray();
        Assert.Equal("r1", await world.RunsAsync(string.Join(" AND ", clauses), orders));
        Assert.Equal("", await world.RunsAsync(string.Join(" AND ", Enumerable.Repeat("metrics.m > 5", 100))));
        Assert.Equal("r1", await world.RunsAsync(new string('(', 50) + "metrics.m = 1" + new string(')', 50)));
        Assert.Equal("r1", await world.RunsAsync($"run_id IN ({string.Join(',', Enumerable.Range(0, 40_000).Select(i => $"'r{i}'"))})"));
        Assert.Contains("more than 30 fields", await world.RefusedAsync("runs/search", new { order_by = orders.Append("metrics.last") }));
    }

    [Fact]
    public async Task Bad_searches_are_refused_with_mlflows_messages()
    {
        using var world = await SearchWorld.CreateAsync(plane);
        await world.AddRunAsync("r1");
        Assert.Contains("Invalid clause(s) in filter string", await world.RefusedAsync("runs/search", new { filter = "metrics.A >" }));
        Assert.Contains("Invalid value 50001 for parameter 'max_results' supplied", await world.RefusedAsync("runs/search", new { max_results = 50001 }));
        Assert.Contains("Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer", await world.RefusedAsync("runs/search", new { max_results = 0 }));
        Assert.Contains("Invalid experiment ID ''", await world.RefusedAsync("runs/search", new { experiment_ids = new[] { "" } }));
        Assert.Contains("Invalid experiment ID ''", await world.RefusedAsync("logged-models/search", new { experiment_ids = new[] { "" } }));
        Assert.Contains("Invalid experiment ID ''", await world.RefusedAsync("experiments/search-datasets", new { experiment_ids = new[] { "" } }));
        Assert.Contains("Invalid experiment ID 'x'", await world.RefusedAsync("runs/search", new { experiment_ids = new[] { "x" } }));
        Assert.Contains("Invalid page token, could not base64-decode", await world.RefusedAsync("runs/search", new { page_token = "evilhax" }));
        Assert.Contains("`order_by` contains duplicate fields", await world.RefusedAsync("runs/search", new { order_by = new[] { "metric.m", "metrics.m DESC" } }));
        Assert.Contains("longer than 50000 bytes", await world.RefusedAsync("runs/search", new { experiment_ids = new[] { world.ExperimentId }, filter = $"tags.t LIKE '{new string('é', 25_001)}'" }));
    }
}
