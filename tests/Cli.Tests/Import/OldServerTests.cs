using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using MlopsPlane.Cli.Tests.World;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Cli.Tests.Import;

/// <summary>What servers of MLflow 1.x do otherwise, and servers that are overloaded or lose connections.</summary>
public sealed class OldServerTests(AllInOneOnSqlite server, OtherServer other) : ImportTest(server, other), IAsyncLifetime
{
    private readonly string run = Guid.CreateVersion7().ToString("N");
    private readonly ConcurrentDictionary<string, int> calls = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication old = null!;
    private volatile bool stalls;
    private volatile bool refusesModels;

    private string Old => old.Urls.First();

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        old = builder.Build();
        old.Run(AnswerAsync);
        await old.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await old.DisposeAsync();
        Dispose();
    }

    [Fact]
    public async Task An_old_server_is_read_though_it_knows_no_pages_refuses_for_a_while_and_drops_connections()
    {
        Plane.With("SOURCE_MLFLOW_TRACKING_USERNAME", "ann").With("SOURCE_MLFLOW_TRACKING_PASSWORD", "pw");
        var report = await ImportFromAsync(Old, 0);
        Assert.Equal((1, 1, 30_000, 1), (Counts(report)["experiments"], Counts(report)["runs"], Counts(report)["metrics"], Counts(report)["artifacts"]));
        Assert.Equal("named by its tag", (await RunHereAsync(run)).GetProperty("run").GetProperty("info").GetProperty("run_name").GetString());
        Assert.True(calls["/get-artifact"] > 1, "The dropped connection was not tried again.");
        Assert.True(calls["/api/2.0/mlflow/runs/search"] > 2, "The refusals were not tried again.");
    }

    [Fact]
    public async Task Artifacts_that_the_server_does_not_serve_are_told_and_the_rest_comes_over()
    {
        Plane.With("SOURCE_MLFLOW_TRACKING_USERNAME", "closed").With("SOURCE_MLFLOW_TRACKING_PASSWORD", "pw");
        var report = await ImportFromAsync(Old, 1);
        Assert.Contains("not reachable", Entries(report, "failures"), StringComparison.Ordinal);
        Assert.Equal("0", report.GetProperty("mismatches").GetProperty("count").GetRawText());
        Assert.Equal(30_000, Counts(report)["metrics"]);
        Assert.Contains("s3://", Entries(report, "failures"), StringComparison.Ordinal);
        await ImportFromAsync(Old, 0, "--no-artifacts");
    }

    [Fact]
    public async Task An_import_that_was_interrupted_says_so_and_can_go_on()
    {
        Plane.With("SOURCE_MLFLOW_TRACKING_USERNAME", "ann").With("SOURCE_MLFLOW_TRACKING_PASSWORD", "pw");
        stalls = true;
        using (var importing = Plane.Start("import", "mlflow", Old))
        {
            await stalled.Task.WaitAsync(TimeSpan.FromSeconds(60));
            await Signals.InterruptAsync(importing);
            await importing.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
            Assert.Equal(130, importing.ExitCode);
        }

        stalls = false;
        Assert.Equal(30_000, Counts(await ImportFromAsync(Old, 0))["metrics"]);
    }

    [Fact]
    public async Task An_import_that_a_list_stops_leaves_a_report_of_how_far_it_came()
    {
        Plane.With("SOURCE_MLFLOW_TRACKING_USERNAME", "ann").With("SOURCE_MLFLOW_TRACKING_PASSWORD", "pw");
        (refusesModels, var file) = (true, Path.Combine(Plane.Home, "report.json"));
        var stopped = await Plane.RunAsync("import", "mlflow", Old, "--report", file);
        Assert.Equal(1, stopped.Status);
        var report = JsonElement.Parse(await File.ReadAllTextAsync(file));
        Assert.False(report.GetProperty("verified").GetBoolean());
        Assert.Equal(1, Counts(report)["runs"]);
        Assert.Contains("everything that was not reached", Entries(report, "failures"), StringComparison.Ordinal);
        Assert.Contains("NO_MODELS_TODAY", stopped.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_asks_for_a_key_says_where_it_is_taken_from()
    {
        var refused = await Plane.RunAsync("import", "mlflow", Old);
        Assert.Equal(4, refused.Status);
        Assert.Contains("SOURCE_MLFLOW_TRACKING_TOKEN", refused.Errors, StringComparison.Ordinal);
    }

    /// <summary>No answer before the client goes.</summary>
    private Task StallAsync(HttpContext http)
    {
        stalled.TrySetResult();
        return Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private Task AnswerAsync(HttpContext http)
    {
        var path = http.Request.Path.Value!;
        var count = calls.AddOrUpdate(path, 1, (_, known) => known + 1);
        var isClosed = http.Request.Headers.Authorization == "Basic Y2xvc2VkOnB3";
        if (!isClosed && http.Request.Headers.Authorization != "Basic YW5uOnB3")
            return RefuseAsync(http, 401, "UNAUTHENTICATED");
        switch (path)
        {
            case "/api/2.0/mlflow/experiments/list":
                return WriteAsync(http, new { experiments = new[] { new { experiment_id = "12", name = "old", artifact_location = "s3://b/12", lifecycle_stage = "active" } } });
            case "/api/2.0/mlflow/runs/search" when count <= 2:
                http.Response.Headers.RetryAfter = count == 1 ? "0" : "1";
                return RefuseAsync(http, count == 1 ? 429 : 503, "REQUEST_LIMIT_EXCEEDED");
            case "/api/2.0/mlflow/runs/search":
                return WriteAsync(http, new { runs = new[] { Run() } });
            case "/api/2.0/mlflow/runs/get":
                return WriteAsync(http, new { run = Run() });
            case "/api/2.0/mlflow/metrics/get-history" when stalls:
                return StallAsync(http);
            case "/api/2.0/mlflow/metrics/get-history":
                // Everything at once, whatever was asked for, in the order of logging and with a repetition.
                return WriteAsync(http, new
                {
                    metrics = Enumerable.Range(0, 30_000).Reverse().Append(7).Select(i => new { key = "loss", value = i == 3 ? (object)"NaN" : i * 0.5, timestamp = $"{1_600_000_000_000 + i}", step = $"{i}" }),
                });
            case "/api/2.0/mlflow/artifacts/list" when isClosed:
                return RefuseAsync(http, 500, "INTERNAL_ERROR");
            case "/api/2.0/mlflow/artifacts/list":
                return WriteAsync(http, new { root_uri = "s3://b/12", files = new[] { new { path = "a.txt", is_dir = false, file_size = "5" } } });
            case "/get-artifact" when count == 1:
                http.Abort();
                return Task.CompletedTask;
            case "/get-artifact":
                return http.Response.WriteAsync("hello");
            case "/api/2.0/mlflow/registered-models/search" when refusesModels:
                return RefuseAsync(http, 400, "NO_MODELS_TODAY");
            default:
                http.Response.StatusCode = 404;
                return http.Response.WriteAsync("<h1>Not Found</h1>");
        }
    }

    private object Run() => new
    {
        info = new { run_uuid = run, experiment_id = "12", user_id = "ann", status = "FINISHED", start_time = "1600000000000", end_time = "1600000001000", lifecycle_stage = "active", artifact_uri = $"s3://b/12/{run}/artifacts" },
        data = new
        {
            metrics = new[] { new { key = "loss", value = 1.0, timestamp = "1", step = "1" } },
            @params = new[] { new { key = "lr", value = "0.1" } },
            tags = new[] { new { key = "mlflow.runName", value = "named by its tag" } },
        },
    };

    private static Task WriteAsync(HttpContext http, object answer) => http.Response.WriteAsJsonAsync(answer);

    private static Task RefuseAsync(HttpContext http, int status, string code)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(new { error_code = code, message = "no" });
    }
}
