using System.Diagnostics;
using System.Globalization;

namespace MlopsPlane.Bench.Tracker;

/// <summary>First use of workspaces, a model that is polled, and metrics that come in.</summary>
internal static class WriteScenarios
{
    public static async Task RunAsync(Bench bench)
    {
        await FirstUseAsync(bench, "cold");
        Report.Header();
        await using var read = new RawRead(bench.Databases, bench.Duration);
        await Seed.PostAsync(bench.Plane.Http, "/api/2.0/mlflow/registered-models/create", new { name = "fraud" });
        var get = bench.Get("/api/2.0/mlflow/registered-models/get?name=fraud");
        await bench.Report.RunAsync("registered-models/get", 200, (_, _) => get, () => read.GetModelAsync("fraud"));

        var busy = await Seed.ExperimentAsync(bench.Plane.Http, "busy");
        var mine = new string[Report.Clients];
        for (var c = 0; c < mine.Length; c++)
            mine[c] = await Seed.RunAsync(bench.Plane.Http, busy, c);
        await using var raw = await RawLog.StartAsync(bench.Databases, bench.Duration, mine);
        await bench.Report.RunAsync("log-metric", 180, (c, n) => bench.Post("/api/2.0/mlflow/runs/log-metric",
            string.Create(CultureInfo.InvariantCulture, $$"""{"run_id":"{{mine[c]}}","key":"loss","value":{{n}}.5,"timestamp":{{n}},"step":{{n}}}""")), raw.LogMetricAsync);
        foreach (var size in new[] { 100, 1000 })
        {
            await bench.Report.RunAsync($"log-batch of {size}, a run a client", size == 100 ? 32 : 0,
                (c, n) => bench.Batch(mine[c], size, n), () => raw.LogBatchAsync(size, oneRun: false));
            await bench.Report.RunAsync($"log-batch of {size}, all clients one run", size == 100 ? 5.5 : 0,
                (c, n) => bench.Batch(mine[0], size, (n * Report.Clients) + c), () => raw.LogBatchAsync(size, oneRun: true));
        }

        await FirstUseAsync(bench, "warm");
    }

    /// <param name="state">Of the process: just started, or busy before.</param>
    private static async Task FirstUseAsync(Bench bench, string state)
    {
        var first = new List<double>();
        for (var i = 0; i < 100; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            (await bench.Plane.Http.GetAsync($"/w/first-use-{state}-{i}/api/2.0/mlflow/experiments/get?experiment_id=0")).EnsureSuccessStatusCode().Dispose();
            first.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }

        first.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first use of a workspace, {state}: p50 {first[50]:0.0} ms, p99 {first[99]:0.0} ms"));
    }
}
