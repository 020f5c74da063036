namespace MlopsPlane.ExperimentTracker.Metrics.Sampling;

/// <summary>Chooses the steps that a thinned-out chart shows, as MLflow does.</summary>
internal static class SampleSteps
{
    /// <summary>
    /// At most <paramref name="max"/> steps, evenly spread over those that exist in the range, with the range's last one and
    /// the first and last step of every run; ascending.
    /// </summary>
    /// <param name="runs">The distinct steps of each run, ascending; no run without steps.</param>
    /// <param name="start">First step of the range; 0 when both ends are null.</param>
    /// <param name="end">Last step of the range; the greatest of all when null.</param>
    public static long[] Choose(IReadOnlyList<long[]> runs, int max, long? start, long? end)
    {
        var all = runs switch
        {
            [] => [],
            [var only] => only,
            _ => runs.SelectMany(steps => steps).Distinct().Order().ToArray(),
        };
        var (first, last) = (start ?? 0, end ?? (all.Length > 0 ? all[^1] : 0));
        var inRange = all.AsSpan(IndexOf(all, first));
        inRange = inRange[..(last == long.MaxValue ? inRange.Length : Math.Max(0, IndexOf(all, last + 1) - (all.Length - inRange.Length)))];
        var chosen = new List<long>(max + 1 + (2 * runs.Count));
        foreach (var steps in runs)
            chosen.AddRange(new[] { steps[0], steps[^1] }.Where(step => step >= first && step <= last));
        if (inRange.Length <= max)
        {
            chosen.AddRange(inRange);
        }
        else
        {
            var interval = (double)inRange.Length / max;
            for (var i = 0; i < max; i++)
                chosen.Add(inRange[(int)(i * interval)]);
            chosen.Add(inRange[^1]);
        }

        return [.. chosen.Distinct().Order()];
    }

    /// <summary>Index of the first step that is not less.</summary>
    private static int IndexOf(long[] steps, long step)
    {
        var at = Array.BinarySearch(steps, step);
        return at < 0 ? ~at : at;
    }
}
