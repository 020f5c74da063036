using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Import.Source;

/// <summary>
/// Runs that one list brought together. The history of a metric is asked for once for all of them, where the server can do
/// that and the answer is not too long: a request for each run and metric would be most of an import's time.
/// </summary>
internal sealed class RunPage(Wire wire, BulkHistories support)
{
    private const int MaxRuns = 100;
    private const int MaxResults = 25_000;

    /// <summary>Points that wait for their run's turn; beyond that, runs ask for themselves.</summary>
    private const int MaxHeld = 500_000;

    private readonly Dictionary<string, List<string>> runsOf = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<ConcurrentDictionary<string, List<HistoryPoint>>?>>> histories = new(StringComparer.Ordinal);
    private int held;

    /// <summary>Notes a run of the page; before the first history is asked for.</summary>
    public void Add(SourceRun run)
    {
        foreach (var key in run.MetricKeys)
        {
            if (!runsOf.TryGetValue(key, out var runs))
                runsOf.Add(key, runs = []);
            runs.Add(run.Id);
        }
    }

    /// <summary>The points of a run's metric, once; null when the run is to ask for itself.</summary>
    public async Task<List<HistoryPoint>?> TakeAsync(string runId, string key, CancellationToken ct)
    {
        if (support.IsMissing || !runsOf.TryGetValue(key, out var runs) || runs.Count is < 2 or > MaxRuns)
            return null;
        var loaded = await histories.GetOrAdd(key, one => new(() => LoadAsync(one, runs, ct))).Value;
        if (loaded is null || !loaded.TryRemove(runId, out var points))
            return null;
        Interlocked.Add(ref held, -points.Count);
        return points;
    }

    private async Task<ConcurrentDictionary<string, List<HistoryPoint>>?> LoadAsync(string key, List<string> runs, CancellationToken ct)
    {
        if (Volatile.Read(ref held) > MaxHeld)
            return null;
        var path = new StringBuilder("ajax-api/2.0/mlflow/metrics/get-history-bulk?metric_key=").Append(Uri.EscapeDataString(key));
        path.Append(CultureInfo.InvariantCulture, $"&max_results={MaxResults}");
        foreach (var run in runs)
            path.Append("&run_id=").Append(Uri.EscapeDataString(run));
        JsonElement answer;
        try
        {
            answer = await wire.GetAsync(path.ToString(), ct);
        }
        catch (RefusedException)
        {
            // A server before 2.x has none.
            support.IsMissing = true;
            return null;
        }
        catch (SourceException)
        {
            return null;
        }

        var loaded = new ConcurrentDictionary<string, List<HistoryPoint>>(StringComparer.Ordinal);
        var count = 0;
        foreach (var metric in answer.Items("metrics"))
        {
            count++;
            loaded.GetOrAdd(metric.Text("run_id") ?? "", _ => []).Add(MlflowJson.Point(metric));
        }

        // As many as there may be are perhaps not all.
        if (count >= MaxResults)
            return null;
        Interlocked.Add(ref held, count);
        return loaded;
    }
}

/// <summary>Whether a server can tell one metric of many runs at once; until it could not, it can.</summary>
internal sealed class BulkHistories
{
    private volatile bool missing;

    public bool IsMissing { get => missing; set => missing = value; }
}
