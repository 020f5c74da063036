using System.Diagnostics;
using System.Globalization;

namespace MlopsPlane.Bench.Tracker;

/// <summary>A run's page, with charts from rows and from chunks, and one long history.</summary>
internal static class HistoryScenarios
{
    private const int Metrics = 50;
    private const int Points = 10_000;

    public static async Task RunAsync(Bench bench, int longHistory)
    {
        var http = bench.Plane.Http;
        var experiment = await Seed.ExperimentAsync(http, "charts");
        var run = await Seed.RunAsync(http, experiment, 0);
        await Seed.HistoriesAsync(http, run, Metrics, Points);
        await RawLoad.AnalyzeAsync(bench.Databases);
        Console.WriteLine($"run page: get + {Metrics} histories of {Points} points, each sampled to 1,000");
        await PageAsync(bench, "charts read rows (first view of a run that goes on)", run, views: 1);
        await Seed.PostAsync(http, "/api/2.0/mlflow/runs/update", new { run_id = run, status = "FINISHED" });
        await Seed.CompactedAsync(http, Metrics * ((Points + 1023) / 1024));
        await PageAsync(bench, "charts read chunks (the run ended)", run, views: 40);
        await IntervalsAsync(bench, run, views: 20);

        Console.WriteLine($"one history of {longHistory} points");
        var endless = await Seed.RunAsync(http, experiment, 1);
        await Seed.HistoriesAsync(http, endless, 1, longHistory);
        await Seed.PostAsync(http, "/api/2.0/mlflow/runs/update", new { run_id = endless, status = "FINISHED" });
        await Seed.CompactedAsync(http, (Metrics * ((Points + 1023) / 1024)) + ((longHistory + 1023) / 1024));
        await TimeAsync("chart of 500 buckets", 20, () => ReadAsync(http, $"/api/v1/tracking/runs/{endless}/histories?metric=k0&buckets=500"));
        await TimeAsync("get-history-bulk-interval of 1,000 steps", 20, () => ReadAsync(http,
            $"/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?run_ids={endless}&metric_key=k0&max_results=1000"));
        await TimeAsync("get-history, a page of 25,000 points", 20, () => ReadAsync(http,
            $"/api/2.0/mlflow/metrics/get-history?run_id={endless}&metric_key=k0&max_results=25000"));
    }

    /// <summary>As the product's own page asks: the run, and one request for all charts; a bucket shows two values.</summary>
    private static Task PageAsync(Bench bench, string what, string run, int views)
    {
        var charts = $"/api/v1/tracking/runs/{run}/histories?buckets=500{string.Concat(Enumerable.Range(0, Metrics).Select(i => $"&metric=k{i}"))}";
        return TimeAsync(what, views, async () =>
        {
            await ReadAsync(bench.Plane.Http, $"/api/2.0/mlflow/runs/get?run_id={run}");
            await ReadAsync(bench.Plane.Http, charts);
        });
    }

    /// <summary>As MLflow's page asks: the run, and a request for each chart, six at a time as browsers do.</summary>
    private static Task IntervalsAsync(Bench bench, string run, int views) => TimeAsync("as MLflow's page asks, a request a chart", views, async () =>
    {
        await ReadAsync(bench.Plane.Http, $"/api/2.0/mlflow/runs/get?run_id={run}");
        await Parallel.ForEachAsync(Enumerable.Range(0, Metrics), new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (i, _) => await ReadAsync(
            bench.Plane.Http, $"/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?run_ids={run}&metric_key=k{i}&max_results=1000"));
    });

    private static async Task ReadAsync(HttpClient http, string path)
    {
        using var response = (await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead)).EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync();
        await body.CopyToAsync(Stream.Null);
    }

    private static async Task TimeAsync(string what, int times, Func<Task> once)
    {
        // The first rounds find code that is not compiled yet; a first view has only one round.
        for (var i = 0; i < times / 2; i++)
            await once();
        var taken = new List<double>();
        for (var i = 0; i < times; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            await once();
            taken.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }

        taken.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what,-52} p50 {taken[taken.Count / 2],8:0.0} ms  max {taken[^1],8:0.0} ms"));
    }
}
