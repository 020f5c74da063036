using System.Text.Json;

namespace MlopsPlane.Bench.Tracker;

/// <summary>The searches that MLflow was measured with, over one experiment of many runs.</summary>
internal static class SearchScenarios
{
    private static readonly (string Name, double Mlflow, string? Filter, string[] OrderBy, int Limit)[] Searches =
    [
        ("by a metric", 13, "metrics.m0 > 0.99", [], 100),
        ("by metric and param, ordered", 24, "metrics.m0 > 0.9 AND params.p0 = 'v3'", ["metrics.m1 DESC"], 100),
        ("returning 1,000 runs", 1.3, null, [], 1000),
    ];

    public static async Task RunAsync(Bench bench)
    {
        var experiment = await Seed.ExperimentAsync(bench.Plane.Http, "searched");
        await Seed.RunsAsync(bench.Plane.Http, experiment, bench.Runs);
        await RawLoad.AnalyzeAsync(bench.Databases);
        Report.Header();
        await using var raw = new RawRead(bench.Databases, bench.Duration);
        foreach (var (name, mlflow, filter, orderBy, limit) in Searches)
        {
            var request = bench.Post("/api/2.0/mlflow/runs/search", JsonSerializer.Serialize(
                new { experiment_ids = new[] { experiment }, filter = filter ?? "", order_by = orderBy, max_results = limit }));
            // MLflow was measured over 10,000 runs.
            await bench.Report.RunAsync($"runs/search {name}", bench.Runs == 10_000 ? mlflow : 0, (_, _) => request,
                () => raw.SearchAsync(experiment, filter, orderBy, limit));
        }
    }
}
