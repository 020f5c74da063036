using System.Globalization;
using MlopsPlane.Contracts.ExperimentTracker.V1;
using MlopsPlane.ExperimentTracker.Runs.Reading;

namespace MlopsPlane.ExperimentTracker.Runs;

/// <summary>What other services learn of a run.</summary>
internal static class RunFacts
{
    private const int MaxKeys = 1000;
    private const string ContextTag = "mlflow.data.context";

    /// <summary>The event of a run that ended, with what it holds at this moment.</summary>
    /// <param name="info">The run as the open transaction leaves it.</param>
    public static async Task<RunFinished> FinishedAsync(RunReader runs, int workspaceId, string workspace, RunInfo info, CancellationToken ct)
    {
        var run = await runs.FindAsync(workspaceId, info.RunId, ct) ?? new FullRun(info);
        return new RunFinished(
            workspace, info.ExperimentId.ToString(CultureInfo.InvariantCulture), info.RunId, info.Name, info.Status, info.StartTime, info.EndTime,
            Metrics(run), Params(run), Datasets(run));
    }

    public static Dictionary<string, double> Metrics(FullRun run) => run.Metrics.Where(metric => !double.IsNaN(metric.Value))
        .OrderBy(metric => metric.Key, StringComparer.Ordinal).Take(MaxKeys).ToDictionary(metric => metric.Key, metric => metric.Value, StringComparer.Ordinal);

    public static Dictionary<string, string> Params(FullRun run) =>
        run.Params.OrderBy(param => param.Key, StringComparer.Ordinal).Take(MaxKeys).ToDictionary(StringComparer.Ordinal);

    public static List<RunDataset> Datasets(FullRun run) =>
        [.. run.Datasets.Select(use => new RunDataset(use.Name, use.Digest, use.SourceType, use.Tags.Find(tag => tag.Key == ContextTag).Value))];
}
