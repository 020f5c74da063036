using System.Globalization;
using System.Net;
using System.Text.Json;
using Xunit;

namespace MlopsPlane.Testing.Journeys;

/// <summary>
/// What a data scientist does in a day, over HTTP only: ten runs are logged, found, charted and finished, one is registered,
/// staged and renamed, one is deleted and restored.
/// </summary>
public sealed class Walkthrough(TeamClient team)
{
    private const int Runs = 10;
    private const int Points = 1000;
    private readonly List<string> runs = [];
    private string experiment = "";
    private string root = "";

    /// <summary>The run that keeps the file and is registered.</summary>
    public string LastRun => runs[^1];

    public async Task LogAsync()
    {
        experiment = Text(await team.PostAsync("experiments/create", new { name = "churn" }), "experiment_id");
        for (var i = 0; i < Runs; i++)
        {
            var info = (await team.PostAsync("runs/create", new { experiment_id = experiment, run_name = $"run-{i}", start_time = 1000 + i })).GetProperty("run").GetProperty("info");
            runs.Add(Text(info, "run_id"));
            root = Text(info, "artifact_uri");
            await team.PostAsync("runs/log-batch", new
            {
                run_id = runs[i],
                @params = new[] { new { key = "depth", value = i.ToString(CultureInfo.InvariantCulture) } },
                tags = new[] { new { key = "team", value = i % 2 == 0 ? "growth" : "risk" } },
            });
            await team.PostAsync("runs/log-batch", new
            {
                run_id = runs[i],
                metrics = Enumerable.Range(0, Points).Select(step => new { key = "auc", value = (step + 1) * (i + 1) / 10_000.0, timestamp = step, step }),
            });
            await team.PostAsync("runs/update", new { run_id = runs[i], status = "FINISHED", end_time = 2000 + i });
        }
    }

    public async Task FindAsync()
    {
        var named = await team.PostAsync("experiments/search", new { max_results = 10, filter = "name LIKE 'chu%'" });
        Assert.Equal([experiment], named.GetProperty("experiments").EnumerateArray().Select(one => Text(one, "experiment_id")));
        Assert.Equal("run-9 run-8 run-7 run-6 run-5 run-4 run-3 run-2 run-1 run-0", string.Join(' ', await NamesAsync("", ["metrics.auc DESC"])));
        Assert.Equal("run-6 run-8", string.Join(' ', await NamesAsync("metrics.auc > 0.6 AND tags.team = 'growth'", ["params.depth ASC"])));
        Assert.Equal("run-3", Assert.Single(await NamesAsync("params.depth = '3' AND attributes.status = 'FINISHED'", [])));
        var history = await team.GetAsync($"metrics/get-history?run_id={runs[9]}&metric_key=auc&max_results=25000");
        Assert.Equal(Enumerable.Range(0, Points).Select(step => (step + 1) * 10 / 10_000.0), history.GetProperty("metrics").EnumerateArray().Select(point => point.GetProperty("value").GetDouble()));
    }

    /// <summary>Sends a file of <paramref name="length"/> bytes to the last run and fetches it again.</summary>
    public async Task KeepFileAsync(long length)
    {
        using var file = new RandomFile(length);
        await team.UploadAsync(root, "model/weights.bin", file);
        using var response = await team.DownloadAsync(root, "model/weights.bin");
        await using var stream = await response.Content.ReadAsStreamAsync();
        Assert.Equal(file.Digest, await System.Security.Cryptography.SHA256.HashDataAsync(stream));
        var listed = await team.GetAsync($"artifacts/list?run_id={runs[^1]}&path=model");
        Assert.Equal(length, listed.GetProperty("files").EnumerateArray().Single().GetProperty("file_size").GetInt64());
    }

    public async Task RegisterAsync()
    {
        var model = (await team.PostAsync("logged-models", new { experiment_id = experiment, name = "forest", source_run_id = runs[9] })).GetProperty("model").GetProperty("info");
        await team.PatchAsync($"logged-models/{Text(model, "model_id")}", new { model_id = Text(model, "model_id"), status = "LOGGED_MODEL_READY" });
        await team.PostAsync("registered-models/create", new { name = "churn" });
        var version = (await team.PostAsync("model-versions/create", new { name = "churn", source = $"{root}/model", run_id = runs[9], model_id = Text(model, "model_id") })).GetProperty("model_version");
        Assert.Equal("1", Text(version, "version"));
        await team.PostAsync("registered-models/alias", new { name = "churn", alias = "champion", version = "1" });
        await team.PostAsync("model-versions/transition-stage", new { name = "churn", version = "1", stage = "Production", archive_existing_versions = true });
        await team.PostAsync("registered-models/rename", new { name = "churn", new_name = "churn-forest" });
        var aliased = (await team.GetAsync("registered-models/alias?name=churn-forest&alias=champion")).GetProperty("model_version");
        Assert.Equal(("1", "Production"), (Text(aliased, "version"), Text(aliased, "current_stage")));
        var found = await team.GetAsync($"model-versions/search?filter={Uri.EscapeDataString($"run_id = '{runs[9]}'")}");
        Assert.Equal("churn-forest", Text(found.GetProperty("model_versions").EnumerateArray().Single(), "name"));
    }

    public async Task DeleteAndRestoreAsync()
    {
        await team.PostAsync("runs/delete", new { run_id = runs[0] });
        Assert.DoesNotContain("run-0", await NamesAsync("", []));
        await team.PostAsync("runs/restore", new { run_id = runs[0] });
        Assert.Contains("run-0", await NamesAsync("", []));
    }

    /// <summary>Whoever may only look finds what was logged, and is refused every change of it with 403.</summary>
    public async Task AssertOnlyLooksAsync(TeamClient reader)
    {
        Assert.Equal(HttpStatusCode.OK, await reader.StatusAsync($"runs/get?run_id={runs[0]}"));
        Assert.Equal(HttpStatusCode.OK, await reader.StatusAsync("registered-models/get?name=churn-forest"));
        var found = await reader.PostAsync("runs/search", new { experiment_ids = new[] { experiment } });
        Assert.Equal(Runs, found.GetProperty("runs").GetArrayLength());
        using (var response = await reader.DownloadAsync(root, "model/weights.bin"))
            Assert.True(response.IsSuccessStatusCode);
        (string Path, object Body)[] changes =
        [
            ("experiments/create", new { name = "mine" }), ("runs/create", new { experiment_id = experiment }), ("runs/delete", new { run_id = runs[0] }),
            ("runs/log-metric", new { run_id = runs[0], key = "auc", value = 1, timestamp = 1 }), ("runs/update", new { run_id = runs[0], status = "FAILED" }),
            ("experiments/delete", new { experiment_id = experiment }), ("registered-models/create", new { name = "mine" }),
            ("registered-models/alias", new { name = "churn-forest", alias = "mine", version = "1" }),
            ("model-versions/transition-stage", new { name = "churn-forest", version = "1", stage = "Archived", archive_existing_versions = false }),
        ];
        foreach (var (path, body) in changes)
            Assert.True(await reader.StatusAsync(path, body) == HttpStatusCode.Forbidden, path);
        Assert.Equal(HttpStatusCode.Forbidden, await reader.UploadStatusAsync(root, "model/other.bin", new ByteArrayContent([1])));
    }

    /// <summary>Another team finds nothing of it, by name or by id.</summary>
    public async Task AssertHiddenFromAsync(TeamClient other)
    {
        Assert.Equal(HttpStatusCode.NotFound, await other.StatusAsync($"runs/get?run_id={runs[0]}"));
        Assert.Equal(HttpStatusCode.NotFound, await other.StatusAsync("experiments/get-by-name?experiment_name=churn"));
        Assert.Equal(HttpStatusCode.NotFound, await other.StatusAsync("registered-models/get?name=churn-forest"));
    }

    private async Task<string[]> NamesAsync(string filter, string[] order)
    {
        var found = await team.PostAsync("runs/search", new { experiment_ids = new[] { experiment }, filter, order_by = order });
        return [.. found.GetProperty("runs").EnumerateArray().Select(run => Text(run.GetProperty("info"), "run_name"))];
    }

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;
}
