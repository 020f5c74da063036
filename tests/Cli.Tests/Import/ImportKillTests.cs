using System.Diagnostics;
using System.Text.Json;
using MlopsPlane.Cli.Tests.World;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Cli.Tests.Import;

/// <summary>An import that is killed, and one whose destination is killed, come to the same end when they are run again.</summary>
public sealed class ImportKillTests(AllInOneOnSqlite server, OtherServer other) : ImportTest(server, other)
{
    private const int Runs = 60;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plane-import-");

    [Fact]
    public async Task An_import_that_was_killed_is_finished_by_the_next_one()
    {
        await FillAsync();
        var state = Path.Combine(Plane.Home, "state");
        for (var round = 1; round <= 2; round++)
        {
            using var killed = Plane.Start("import", "mlflow", SourceUrl, "--state", state, "--parallel", "2");
            await Until.TrueAsync(async () => (await CountAsync(Http)) >= round * 15 || killed.HasExited);
            killed.Kill();
            await killed.WaitForExitAsync();
        }

        Assert.InRange(await CountAsync(Http), 1, Runs - 1);
        var report = await ImportAsync(0, "--state", state);
        Check(report);
        Assert.Equal(Runs, await CountAsync(Http));
        Assert.Equal("{}", report.GetProperty("replaced").GetRawText());
    }

    [Fact]
    public async Task A_destination_that_was_killed_holds_no_half_and_is_filled_by_the_next_import()
    {
        await FillAsync();
        Process importing;
        using (var destination = await PlaneProcess.StartAsync(folder.FullName))
        {
            importing = Plane.Start("import", "mlflow", SourceUrl, "--url", $"{destination.Address}", "--workspace", "team", "--timeout", "1");
            destination.Http.DefaultRequestHeaders.Add("X-MLFLOW-WORKSPACE", "team");
            await Until.TrueAsync(async () => await CountAsync(destination.Http) >= 20 || importing.HasExited);
            destination.Kill();
        }

        importing.Kill();
        importing.Dispose();
        using var again = await PlaneProcess.StartAsync(folder.FullName);
        again.Http.DefaultRequestHeaders.Add("X-MLFLOW-WORKSPACE", "team");
        Check(await ImportAsync(0, "--url", $"{again.Address}", "--workspace", "team"));
        Assert.Equal(Runs, await CountAsync(again.Http));
        await again.StopAsync();
        folder.Delete(recursive: true);
    }

    private static void Check(JsonElement report)
    {
        var counts = Counts(report);
        Assert.Equal((1, Runs, Runs * 200, Runs, Runs), (counts["experiments"], counts["runs"], counts["metrics"], counts["params"], counts["artifacts"]));
    }

    private async Task FillAsync()
    {
        var experiment = await ExperimentThereAsync("many");
        for (var i = 0; i < Runs; i++)
        {
            var run = await RunThereAsync(experiment, $"run-{i}");
            await ThereAsync("runs/log-batch", new
            {
                run_id = run,
                metrics = Enumerable.Range(0, 200).Select(step => new { key = $"m{step % 4}", value = i + (step * 0.25), timestamp = 1_700_000_000_000 + step, step }),
                @params = new[] { new { key = "i", value = $"{i}" } },
            });
            await UploadAsync(Source, $"mlflow-artifacts:/workspaces/{SourceWorkspace}/{experiment}/{run}/artifacts", "a/b.txt", "hello"u8.ToArray());
            await ThereAsync("runs/update", new { run_id = run, status = "FINISHED", end_time = 1_700_000_000_999 });
        }
    }

    /// <summary>Runs of the imported experiment at a destination.</summary>
    private static async Task<int> CountAsync(HttpClient http)
    {
        var found = await PostAsync(http, "experiments/search", new { max_results = 10, filter = "name = 'many'" });
        if (!found.TryGetProperty("experiments", out var experiments))
            return 0;
        var answer = await PostAsync(http, "runs/search", new { experiment_ids = new[] { experiments[0].GetProperty("experiment_id").GetString() }, max_results = 1000 });
        return answer.TryGetProperty("runs", out var runs) ? runs.GetArrayLength() : 0;
    }
}
