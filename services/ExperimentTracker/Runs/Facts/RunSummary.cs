using System.Globalization;
using MlopsPlane.Contracts.ExperimentTracker;
using MlopsPlane.Contracts.ExperimentTracker.V1;
using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.ExperimentTracker.Storage;

namespace MlopsPlane.ExperimentTracker.Runs.Facts;

/// <summary>A run in the words of Contracts; values that JSON cannot carry (NaN) are left out.</summary>
internal static class RunSummary
{
    private const int MaxKeys = 1000;
    private const string ContextTag = "mlflow.data.context";

    /// <summary>The event of a run that ended, with what it holds at this moment.</summary>
    /// <param name="info">The run as the open transaction leaves it.</param>
    public static async Task<RunFinished> FinishedAsync(TrackerDb db, int workspaceId, string workspace, RunInfo info, CancellationToken ct)
    {
        await db.SaveChangesAsync(ct);
        var run = await RunReader.FindAsync(db, workspaceId, info.RunId, ct) ?? new FullRun(info);
        return new RunFinished(
            workspace, Id(info.ExperimentId), info.RunId, info.Name, info.Status, info.StartTime, info.EndTime, Metrics(run), Params(run), Datasets(run));
    }

    /// <summary>The answer to another service's question.</summary>
    public static RunFacts Of(FullRun run)
    {
        var info = run.Info;
        return new RunFacts(
            info.RunId, Id(info.ExperimentId), info.Name, info.ArtifactUri, info.Status, info.StartTime, info.EndTime,
            Metrics(run), Params(run), Datasets(run));
    }

    private static string Id(long experimentId) => experimentId.ToString(CultureInfo.InvariantCulture);

    private static Dictionary<string, double> Metrics(FullRun run) => run.Metrics.Where(metric => !double.IsNaN(metric.Value))
        .OrderBy(metric => metric.Key, StringComparer.Ordinal).Take(MaxKeys).ToDictionary(metric => metric.Key, metric => metric.Value, StringComparer.Ordinal);

    private static Dictionary<string, string> Params(FullRun run) =>
        run.Params.OrderBy(param => param.Key, StringComparer.Ordinal).Take(MaxKeys).ToDictionary(StringComparer.Ordinal);

    private static List<RunDataset> Datasets(FullRun run) =>
        [.. run.Datasets.Select(use => new RunDataset(use.Name, use.Digest, use.SourceType, use.Tags.Find(tag => tag.Key == ContextTag).Value))];
}
