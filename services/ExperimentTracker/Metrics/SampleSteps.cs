namespace MlopsPlane.ExperimentTracker.Metrics;

/// <summary>Chooses the steps that a thinned-out chart shows, as MLflow does.</summary>
internal static class SampleSteps
{
    /// <summary>
    /// At most <paramref name="max"/> steps, evenly spread over those that exist in the range, with the range's last one and
    /// the first and last step of every run.
    /// </summary>
    /// <param name="runs">The distinct steps of each run, ascending.</param>
    /// <param name="start">First step of the range; 0 when both ends are null.</param>
    /// <param name="end">Last step of the range; the greatest of all when null.</param>
    public static SortedSet<long> Choose(IReadOnlyList<IReadOnlyList<long>> runs, int max, long? start, long? end)
    {
        var all = runs.Count == 1 ? runs[0] : [.. runs.SelectMany(steps => steps).Distinct().Order()];
        var (first, last) = (start ?? 0, end ?? (all.Count > 0 ? all[^1] : 0));
        var chosen = new SortedSet<long>(runs.Where(steps => steps.Count > 0)
            .SelectMany(steps => new[] { steps[0], steps[^1] }).Where(step => step >= first && step <= last));
        var inRange = Range(all, first, last);
        if (inRange.Count <= max)
        {
            chosen.UnionWith(inRange);
            return chosen;
        }

        var interval = (double)inRange.Count / max;
        for (var i = 0; i < max; i++)
            chosen.Add(inRange[(int)(i * interval)]);
        chosen.Add(inRange[^1]);
        return chosen;
    }

    private static List<long> Range(IReadOnlyList<long> all, long first, long last) => [.. all.Where(step => step >= first && step <= last)];
}
