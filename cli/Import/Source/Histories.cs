namespace MlopsPlane.Cli.Import.Source;

internal static class Histories
{
    /// <summary>The points in order, each once: file stores hold repetitions, databases do not.</summary>
    public static List<HistoryPoint> Distinct(List<HistoryPoint> points)
    {
        points.Sort(HistoryPoint.Compare);
        var kept = 0;
        for (var i = 0; i < points.Count; i++)
        {
            if (kept == 0 || HistoryPoint.Compare(points[i], points[kept - 1]) != 0)
                points[kept++] = points[i];
        }

        points.RemoveRange(kept, points.Count - kept);
        return points;
    }
}
