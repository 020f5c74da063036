using System.Security.Cryptography;
using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Cli.Tests.Import;

public sealed class ServerImportOnSqlite(AllInOneOnSqlite server, OtherServer other) : ServerImportTests(server, other);

public sealed class ServerImportOnPostgres(AllInOneOnPostgres server, OtherServer other) : ServerImportTests(server, other);

/// <summary>From one server to another over the wire.</summary>
public abstract class ServerImportTests(PlaneFixture server, OtherServer other) : ImportTest(server, other)
{
    private const int LargeFile = 20 << 20;

    [Fact]
    public async Task Everything_comes_over_with_its_ids_and_a_second_import_changes_nothing()
    {
        var world = await FillAsync();
        var first = await ImportAsync(0, "--include-deleted");
        Assert.True(first.GetProperty("verified").GetBoolean());
        Assert.Equal("{}", first.GetProperty("replaced").GetRawText());
        var counts = Counts(first);
        Assert.Equal((2, 3, 5, 2, 1, 3, 1, 3, 1, 1), (counts["experiments"], counts["runs"], counts["metrics"], counts["params"], counts["datasets"],
            counts["artifacts"], counts["registered models"], counts["versions"], counts["aliases"], counts["logged models"]));

        var run = (await RunHereAsync(world.Run)).GetProperty("run");
        var info = run.GetProperty("info");
        Assert.Equal(("parent", "ann", "FINISHED", 1_700_000_000_123, 1_700_000_009_999, world.Experiment), (info.GetProperty("run_name").GetString(), info.GetProperty("user_id").GetString(),
            info.GetProperty("status").GetString(), info.GetProperty("start_time").GetInt64(), info.GetProperty("end_time").GetInt64(), info.GetProperty("experiment_id").GetString()));
        var history = await GetAsync($"metrics/get-history?run_id={world.Run}&metric_key=loss&max_results=100");
        Assert.Equal("""[0.5,"NaN",1.7976931348623157e+308,-2]""", $"[{string.Join(',', history.GetProperty("metrics").EnumerateArray().Select(metric => metric.GetProperty("value").GetRawText()))}]".Replace(".0", "", StringComparison.Ordinal).Replace("E", "e", StringComparison.Ordinal));
        Assert.Equal("deleted", (await RunHereAsync(world.Deleted)).GetProperty("run").GetProperty("info").GetProperty("lifecycle_stage").GetString());
        var experiment = (await GetAsync($"experiments/get?experiment_id={world.Experiment}")).GetProperty("experiment");
        Assert.Equal(world.ExperimentCreated, experiment.GetProperty("creation_time").GetInt64());
        var version = (await GetAsync("model-versions/get?name=net&version=3")).GetProperty("model_version");
        Assert.Equal(("Production", world.Run, $"{info.GetProperty("artifact_uri").GetString()}/model"), (version.GetProperty("current_stage").GetString(),
            version.GetProperty("run_id").GetString(), version.GetProperty("source").GetString()));
        using var file = await Http.GetAsync($"/get-artifact?run_id={world.Run}&path=model/weights.bin");
        Assert.Equal(world.Weights, SHA256.HashData(await file.Content.ReadAsByteArrayAsync()));

        var second = await ImportAsync(0, "--include-deleted");
        Assert.Equal(Comparable(first), Comparable(second));
        Assert.Equal("""[{"name": "net", "version": 4}]""", await VersionsTagAsync(world.LoggedModel));
    }

    [Fact]
    public async Task Ids_that_are_taken_are_replaced_wherever_they_are_named()
    {
        var world = await FillAsync();
        await ImportAsync(0, "--to-workspace", PlaneFixture.FreshWorkspace());
        await NewExperimentAsync("first of my own");
        var report = await ImportAsync(0);
        var mapping = report.GetProperty("replaced").GetProperty("runs").GetProperty("entries").EnumerateArray()
            .ToDictionary(one => one.GetProperty("source").GetString()!, one => one.GetProperty("destination").GetString()!);
        Assert.Equal(new[] { world.Child, world.Run }.Order(), mapping.Keys.Order());
        Assert.DoesNotContain(world.Run, mapping.Values);
        var child = (await RunHereAsync(mapping[world.Child])).GetProperty("run").GetProperty("data").GetProperty("tags").EnumerateArray();
        Assert.Contains(child, tag => tag.GetProperty("key").GetString() == "mlflow.parentRunId" && tag.GetProperty("value").GetString() == mapping[world.Run]);
        var version = (await GetAsync("model-versions/get?name=net&version=3")).GetProperty("model_version");
        Assert.Equal(mapping[world.Run], version.GetProperty("run_id").GetString());
        Assert.Contains($"/{mapping[world.Run]}/artifacts/model", version.GetProperty("source").GetString(), StringComparison.Ordinal);
        Assert.Equal(Comparable(report), Comparable(await ImportAsync(0)));
    }

    [Fact]
    public async Task A_history_of_fifty_thousand_points_comes_over_in_full()
    {
        var run = await RunThereAsync(await ExperimentThereAsync("long"), "long");
        for (var i = 0; i < 50; i++)
        {
            await ThereAsync("runs/log-batch", new
            {
                run_id = run,
                metrics = Enumerable.Range(i * 1000, 1000).Select(step => new { key = "loss", value = 1.0 / (step + 1), timestamp = 1_700_000_000_000 + step, step }),
            });
        }

        Assert.Equal(50_000, Counts(await ImportAsync(0, "--no-artifacts"))["metrics"]);
    }

    [Fact]
    public async Task A_destination_that_was_tampered_with_is_not_verified()
    {
        var world = await FillAsync();
        var state = Path.Combine(Plane.Home, "state");
        var report = Path.Combine(Plane.Home, "report.json");
        await ImportAsync(0, "--state", state);
        await PostAsync("runs/log-metric", new { run_id = world.Run, key = "loss", value = 9, timestamp = 9, step = 9 });
        var uri = (await RunHereAsync(world.Run)).GetProperty("run").GetProperty("info").GetProperty("artifact_uri").GetString()!;
        await UploadAsync(Http, uri, "notes.txt", "HELLO"u8.ToArray());
        await PostAsync("runs/set-tag", new { run_id = world.Child, key = "added", value = "here" });
        var found = await ImportAsync(1, "--state", state, "--report", report);
        Assert.False(found.GetProperty("verified").GetBoolean());
        var kinds = found.GetProperty("mismatches").GetProperty("entries").EnumerateArray().Select(one => $"{one.GetProperty("kind")} {one.GetProperty("of")}");
        Assert.Equal(new[] { $"artifacts run {world.Run}", $"metrics run {world.Run}", $"tags run {world.Child}" }.Order(), kinds.Order());
        Assert.False(JsonElement.Parse(await File.ReadAllTextAsync(report)).GetProperty("verified").GetBoolean());
    }

    [Fact]
    public async Task A_name_that_is_taken_is_left_out_renamed_or_ends_the_import()
    {
        await FillAsync();
        await PostAsync("experiments/create", new { name = "alpha" });
        await PostAsync("registered-models/create", new { name = "net" });
        var failed = await Plane.RunAsync("import", "mlflow", SourceUrl, "--on-conflict", "fail");
        Assert.Equal(1, failed.Status);
        Assert.Contains("name_taken", failed.Errors, StringComparison.Ordinal);
        var skipped = await ImportAsync(0);
        Assert.Contains("experiment alpha", Entries(skipped, "skipped"), StringComparison.Ordinal);
        Assert.False(Counts(skipped).ContainsKey("runs"));
        var renamed = await ImportAsync(0, "--on-conflict", "rename");
        Assert.Equal((2, 1), (Counts(renamed)["runs"], Counts(renamed)["registered models"]));
        await GetAsync("experiments/get-by-name?experiment_name=alpha%20(imported)");
        await GetAsync("model-versions/get?name=net-imported&version=3");
        Assert.Equal(Comparable(renamed), Comparable(await ImportAsync(0, "--on-conflict", "rename")));
    }

    [Fact]
    public async Task A_dry_run_tells_what_would_come_and_writes_nothing()
    {
        await FillAsync();
        await PostAsync("experiments/create", new { name = "alpha" });
        var plan = await ImportAsync(0, "--dry-run");
        var counts = plan.GetProperty("counts");
        Assert.Equal((2, 2, 1, 3, 3), (counts.GetProperty("experiments").GetInt32(), counts.GetProperty("runs").GetInt32(), counts.GetProperty("registered models").GetInt32(),
            counts.GetProperty("versions").GetInt32(), counts.GetProperty("artifacts").GetInt32()));
        Assert.Equal(LargeFile + 9, counts.GetProperty("artifact bytes").GetInt64());
        Assert.Equal("""["experiment alpha"]""", JsonSerializer.Serialize(plan.GetProperty("namesTaken")));
        Assert.Equal(2, (await PostAsync("experiments/search", new { max_results = 10 })).GetProperty("experiments").GetArrayLength());
        Assert.Equal("{}", (await GetAsync("registered-models/search")).GetRawText());
    }

    [Fact]
    public async Task Patterns_and_a_time_choose_what_comes()
    {
        await FillAsync();
        await ExperimentThereAsync("beta");
        Assert.Equal(1, Counts(await ImportAsync(0, "--experiments", "bet*", "--models", "none"))["experiments"]);
        Assert.False(Counts(await ImportAsync(0, "--experiments", "alpha", "--models", "none", "--since", "2030-01-01")).ContainsKey("runs"));
    }

    private static string Comparable(JsonElement report) => report.GetProperty("kinds").GetRawText() + report.GetProperty("replaced").GetRawText();

    private async Task<Filled> FillAsync()
    {
        var experiment = await ExperimentThereAsync("alpha");
        await ThereAsync("experiments/set-experiment-tag", new { experiment_id = experiment, key = "team", value = "risk" });
        var run = await RunThereAsync(experiment, "parent");
        var child = await RunThereAsync(experiment, "child", run);
        await ThereAsync("runs/log-batch", new
        {
            run_id = run,
            metrics = new object[] { Point(0.5, 1), Point("NaN", 2), Point("Infinity", 3), Point(-2.0, 4) },
            @params = new[] { new { key = "lr", value = "0.1" }, new { key = "data/path", value = "s3://é" } },
        });
        await ThereAsync("runs/log-inputs", new
        {
            run_id = run,
            datasets = new[] { new { dataset = new { name = "d", digest = "1", source_type = "s", source = "x" }, tags = new[] { new { key = "mlflow.data.context", value = "train" } } } },
        });
        var uri = (await PostAsync(Source, "runs/search", new { experiment_ids = new[] { experiment }, filter = "attributes.run_name = 'parent'" }))
            .GetProperty("runs")[0].GetProperty("info").GetProperty("artifact_uri").GetString()!;
        var weights = RandomNumberGenerator.GetBytes(LargeFile);
        await UploadAsync(Source, uri, "model/weights.bin", weights);
        await UploadAsync(Source, uri, "notes.txt", "hello"u8.ToArray());
        var loggedModel = await LoggedModelAsync(experiment, run);
        await ThereAsync("runs/update", new { run_id = run, status = "FINISHED", end_time = 1_700_000_009_999 });
        var gone = await ExperimentThereAsync("deleted there");
        var deleted = await RunThereAsync(gone, "gone");
        await ThereAsync("experiments/delete", new { experiment_id = gone });
        await ThereAsync("registered-models/create", new { name = "net", description = "a model", tags = new[] { new { key = "k", value = "v" } } });
        for (var i = 0; i < 3; i++)
            await ThereAsync("model-versions/create", new { name = "net", source = $"{uri}/model", run_id = run, description = $"number {i}" });
        using var dropped = new HttpRequestMessage(HttpMethod.Delete, "/api/2.0/mlflow/model-versions/delete") { Content = System.Net.Http.Json.JsonContent.Create(new { name = "net", version = "2" }) };
        (await Source.SendAsync(dropped)).EnsureSuccessStatusCode();
        await ThereAsync("model-versions/create", new { name = "net", source = $"models:/{loggedModel}", run_id = run, model_id = loggedModel });
        await ThereAsync("model-versions/transition-stage", new { name = "net", version = "3", stage = "Production", archive_existing_versions = false });
        await ThereAsync("registered-models/alias", new { name = "net", alias = "champion", version = "3" });
        using var found = await Source.GetAsync($"/api/2.0/mlflow/experiments/get?experiment_id={experiment}");
        var created = JsonElement.Parse(await found.Content.ReadAsStringAsync()).GetProperty("experiment").GetProperty("creation_time").GetInt64();
        return new Filled(experiment, created, run, child, deleted, loggedModel, SHA256.HashData(weights));
    }

    private async Task<string> LoggedModelAsync(string experiment, string run)
    {
        var model = (await ThereAsync("logged-models", new { experiment_id = experiment, name = "net", source_run_id = run })).GetProperty("model").GetProperty("info");
        var id = model.GetProperty("model_id").GetString()!;
        await ThereAsync("runs/log-batch", new { run_id = run, metrics = new[] { new { key = "auc", value = 0.9, timestamp = 5, step = 1, model_id = id } } });
        await UploadAsync(Source, model.GetProperty("artifact_uri").GetString()!, "MLmodel", "flav"u8.ToArray());
        await ThereAsync("runs/outputs", new { run_id = run, models = new[] { new { model_id = id, step = 1 } } });
        return id;
    }

    /// <summary>What the tracker wrote down of a logged model's versions, once the registry's event has reached it.</summary>
    private async Task<string> VersionsTagAsync(string loggedModel)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var info = (await GetAsync($"logged-models/{loggedModel}")).GetProperty("model").GetProperty("info");
            foreach (var tag in info.GetProperty("tags").EnumerateArray())
            {
                if (tag.GetProperty("key").GetString() == "mlflow.modelVersions")
                    return tag.GetProperty("value").GetString()!;
            }

            await Task.Delay(20, bound.Token);
        }
    }

    private static object Point(object value, long step) => new { key = "loss", value, timestamp = 1_700_000_000_000 + step, step };

    private sealed record Filled(string Experiment, long ExperimentCreated, string Run, string Child, string Deleted, string LoggedModel, byte[] Weights);
}
