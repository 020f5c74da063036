using MlopsPlane.ExperimentTracker.Metrics.Chunks;

namespace MlopsPlane.ExperimentTracker.Metrics.Sampling;

/// <summary>Reads histories of runs at the steps that <see cref="SampleSteps"/> chooses.</summary>
internal sealed class StepSampler(HistoryReader runs, HistoryScan histories)
{
    /// <summary>Most values of one run in an answer.</summary>
    private const int MaxPerRun = 25_000;

    /// <summary>Chunks up to which each of a history is decoded; of a longer one, each shows its first point.</summary>
    private const int WholeChunks = 4096;

    /// <summary>The chosen values of each run, in the order of the ids, by step, timestamp and value.</summary>
    public async Task<List<(string RunId, List<HistoryPoint> Points)>> SampleAsync(
        int workspaceId, IReadOnlyList<string> runIds, SampleWish wish, CancellationToken ct)
    {
        var keys = await runs.RunKeysAsync(workspaceId, [.. runIds.Distinct()], ct);
        var known = keys.Keys.ToList();
        using var sink = new SampleSink(known.Count);
        await histories.ReadAsync([.. keys.Values], [wish.Key], sink, WholeChunks, ct);
        var points = known.Select((id, i) => (id, Points: sink.Of(i))).Where(run => run.Points.Length > 0)
            .ToDictionary(run => run.id, run => run.Points, StringComparer.Ordinal);
        var chosen = SampleSteps.Choose([.. points.Values.Select(run => Steps(run.Span))], wish.MaxSteps, wish.Start, wish.End);
        return [.. runIds.Where(points.ContainsKey).Select(id => (id, Pick(points[id].Span, chosen, wish.MaxSteps)))];
    }

    /// <summary>The distinct steps of points that are ordered by step.</summary>
    private static long[] Steps(ReadOnlySpan<HistoryPoint> points)
    {
        var (steps, count) = (new long[points.Length], 0);
        foreach (ref readonly var point in points)
        {
            if (count == 0 || steps[count - 1] != point.Step)
                steps[count++] = point.Step;
        }

        return count == steps.Length ? steps : steps[..count];
    }

    /// <summary>The points at the chosen steps; of more than <paramref name="most"/> at one step, as many evenly spread ones with the first and the last.</summary>
    private static List<HistoryPoint> Pick(ReadOnlySpan<HistoryPoint> points, long[] chosen, int most)
    {
        var picked = new List<HistoryPoint>(chosen.Length);
        var at = 0;
        foreach (var step in chosen)
        {
            while (at < points.Length && points[at].Step < step)
                at++;
            var end = at;
            while (end < points.Length && points[end].Step == step)
                end++;
            AddEvenly(picked, points[at..end], most);
            at = end;
        }

        if (picked.Count > MaxPerRun)
            picked.RemoveRange(MaxPerRun, picked.Count - MaxPerRun);
        return picked;
    }

    private static void AddEvenly(List<HistoryPoint> picked, ReadOnlySpan<HistoryPoint> points, int most)
    {
        if (points.Length <= most)
        {
            picked.AddRange(points);
            return;
        }

        for (var i = 0; i < most - 1; i++)
            picked.Add(points[(int)((long)i * (points.Length - 1) / (most - 1))]);
        picked.Add(points[^1]);
    }
}

/// <param name="MaxSteps">About how many steps to return.</param>
/// <param name="Start">First step; null together with <paramref name="End"/>.</param>
internal sealed record SampleWish(string Key, int MaxSteps, long? Start, long? End);
