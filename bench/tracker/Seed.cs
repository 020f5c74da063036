using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace MlopsPlane.Bench.Tracker;

/// <summary>Fills the product over REST.</summary>
internal static class Seed
{
    public const int MetricsPerRun = 20;

    public static async Task<string> ExperimentAsync(HttpClient http, string name) =>
        (await PostAsync(http, "/api/2.0/mlflow/experiments/create", new { name })).GetProperty("experiment_id").GetString()!;

    public static async Task<string> RunAsync(HttpClient http, string experiment, long start)
    {
        var run = await PostAsync(http, "/api/2.0/mlflow/runs/create", new { experiment_id = experiment, start_time = start, run_name = $"run-{start}" });
        return run.GetProperty("run").GetProperty("info").GetProperty("run_id").GetString()!;
    }

    /// <summary>Runs with 20 metrics and 5 params each; metric <c>m0</c> is uniform in [0, 1), param <c>p0</c> has 10 values.</summary>
    public static async Task RunsAsync(HttpClient http, string experiment, int count)
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, ct) =>
        {
            var run = await RunAsync(http, experiment, 1_700_000_000_000 + i);
            await PostAsync(http, "/api/2.0/mlflow/runs/log-batch", new
            {
                run_id = run,
                metrics = Enumerable.Range(0, MetricsPerRun).Select(m => new { key = $"m{m}", value = (i * 7919L + m * 104729L) % 10007 / 10007.0, timestamp = 1, step = 0 }),
                @params = Enumerable.Range(0, 5).Select(p => new { key = $"p{p}", value = $"v{(i + p) % 10}" }),
            });
        });
    }

    /// <summary>Histories <c>k0</c>, <c>k1</c>, ... of so many points each.</summary>
    public static Task HistoriesAsync(HttpClient http, string run, int metrics, int points) => Parallel.ForEachAsync(
        Enumerable.Range(0, points / (1000 / metrics)), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (batch, _) =>
        {
            var (each, first) = (1000 / metrics, batch * (1000 / metrics));
            await PostAsync(http, "/api/2.0/mlflow/runs/log-batch", new
            {
                run_id = run,
                metrics = Enumerable.Range(0, 1000).Select(i => new
                {
                    key = $"k{i / each}", value = Math.Sin((first + (i % each)) / 100.0), timestamp = 1_700_000_000_000 + ((first + (i % each)) * 250L), step = first + (i % each),
                }),
            });
        });

    /// <summary>Waits until so many chunks were made since the product's start.</summary>
    public static async Task CompactedAsync(HttpClient http, int chunks)
    {
        for (var i = 0; i < 2400; i++)
        {
            var line = (await http.GetStringAsync("/metrics")).Split('\n').FirstOrDefault(text => text.StartsWith("mlops_tracker_metric_chunks_added", StringComparison.Ordinal));
            if (line is not null && double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture) >= chunks)
                return;
            await Task.Delay(50);
        }

        throw new InvalidOperationException("The histories were not compacted within two minutes.");
    }

    public static async Task<JsonElement> PostAsync(HttpClient http, string path, object body)
    {
        using var response = await http.PostAsJsonAsync(path, body);
        var text = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"{path}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
