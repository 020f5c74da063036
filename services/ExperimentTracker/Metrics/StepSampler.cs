using MlopsPlane.ExperimentTracker.Runs.Reading;

namespace MlopsPlane.ExperimentTracker.Metrics;

/// <summary>Reads histories of runs at the steps that <see cref="SampleSteps"/> chooses.</summary>
internal sealed class StepSampler(HistoryReader histories)
{
    /// <summary>Most values of one run in an answer.</summary>
    private const int MaxPerRun = 25_000;

    /// <summary>A history up to this length is read once and thinned out in memory, which is cheaper than asking the database twice.</summary>
    private const int MaxInMemory = 100_000;

    /// <summary>The chosen values of each run, in the order of the ids, by step, timestamp and value.</summary>
    public async Task<List<(string RunId, List<MetricPoint> Points)>> SampleAsync(
        int workspaceId, IReadOnlyList<string> runIds, SampleWish wish, CancellationToken ct)
    {
        var keys = await histories.RunKeysAsync(workspaceId, [.. runIds.Distinct()], ct);
        var known = runIds.Where(keys.ContainsKey).ToList();
        var whole = new Dictionary<string, List<MetricPoint>>(StringComparer.Ordinal);
        var steps = new Dictionary<string, IReadOnlyList<long>>(StringComparer.Ordinal);
        var room = MaxInMemory;
        foreach (var runId in keys.Keys)
        {
            var points = room > 0 ? await histories.ReadAsync(keys[runId], wish.Key, default, room + 1, ct) : [];
            if (room > 0 && points.Count <= room)
            {
                room -= points.Count;
                whole[runId] = points;
                steps[runId] = [.. points.Select(point => point.Step).Distinct().Order()];
            }
            else
            {
                room = 0;
                steps[runId] = await histories.StepsAsync(keys[runId], wish.Key, ct);
            }
        }

        var chosen = SampleSteps.Choose([.. steps.Values], wish.MaxSteps, wish.Start, wish.End);
        var sampled = new List<(string, List<MetricPoint>)>(known.Count);
        foreach (var runId in known)
        {
            if (whole.TryGetValue(runId, out var points))
                sampled.Add((runId, Pick(points, chosen)));
            else if (chosen.Count > 0)
                sampled.Add((runId, await histories.ReadStepsAsync(keys[runId], wish.Key, [.. chosen], MaxPerRun, ct)));
        }

        return sampled;
    }

    private static List<MetricPoint> Pick(List<MetricPoint> points, SortedSet<long> chosen) =>
        [.. points.Where(point => chosen.Contains(point.Step)).OrderBy(point => point.Step).ThenBy(point => point.Timestamp)
            .ThenBy(point => double.IsNaN(point.Value) ? 0 : point.Value).Take(MaxPerRun)];
}

/// <param name="MaxSteps">About how many steps to return.</param>
/// <param name="Start">First step; null together with <paramref name="End"/>.</param>
internal sealed record SampleWish(string Key, int MaxSteps, long? Start, long? End);
