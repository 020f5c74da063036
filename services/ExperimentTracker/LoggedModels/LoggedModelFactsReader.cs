using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.ExperimentTracker;
using MlopsPlane.ExperimentTracker.LoggedModels.Reading;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using Fact = MlopsPlane.Contracts.ExperimentTracker.LoggedModelMetric;

namespace MlopsPlane.ExperimentTracker.LoggedModels;

/// <summary>What other services learn of a logged model.</summary>
internal sealed class LoggedModelFactsReader(IServiceScopeFactory scopes, WorkspaceProjection<TrackerDb> workspaces)
{
    /// <summary>A model that is not deleted; null when the workspace has none of that id.</summary>
    public async Task<LoggedModelFacts?> FindAsync(string workspace, string modelId, CancellationToken ct)
    {
        var workspaceId = await workspaces.ResolveAsync(workspace, ct);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TrackerDb>();
        return await db.FindLoggedModelAsync(workspaceId, modelId, alsoDeleted: false, ct) is { } model ? Facts(model) : null;
    }

    private static LoggedModelFacts Facts(FullLoggedModel model) => new(
        model.Model.ModelId,
        model.ExperimentId.ToString(CultureInfo.InvariantCulture),
        model.Model.SourceRunId is { Length: > 0 } run ? run : null,
        model.Model.ArtifactUri,
        [.. model.Params.Select(param => KeyValuePair.Create(param.Key, param.Value))],
        // The last of a key and dataset is the latest: they come in the order of time and step.
        [.. model.Metrics.GroupBy(metric => (metric.Key, metric.DatasetName, metric.DatasetDigest)).Select(group => Latest(model, group.Last()))]);

    private static Fact Latest(FullLoggedModel model, LoggedModelMetric metric) => new(
        metric.Key, metric.IsNan ? double.NaN : metric.Value, metric.Timestamp, metric.Step, metric.DatasetName, metric.DatasetDigest,
        model.Model.ModelId, metric.RunId);
}
