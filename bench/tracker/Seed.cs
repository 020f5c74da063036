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

    public static async Task<JsonElement> PostAsync(HttpClient http, string path, object body)
    {
        using var response = await http.PostAsJsonAsync(path, body);
        var text = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"{path}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
