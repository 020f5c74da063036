using MlopsPlane.Contracts.ExperimentTracker;
using MlopsPlane.ExperimentTracker.LoggedModels;
using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;

namespace MlopsPlane.ExperimentTracker.Runs.Facts;

/// <summary>Answers the registry's questions, for callers in this process and behind the HTTP endpoints of the same answers.</summary>
internal sealed class RunFactsPort(RunReader runs, LoggedModelFactsReader models, WorkspaceProjection<TrackerDb> workspaces) : IRunFacts
{
    public async Task<RunFacts?> FindRunAsync(string workspace, string runId, CancellationToken ct) =>
        await runs.FindAsync(await workspaces.ResolveAsync(workspace, ct), runId, ct) is { } run ? RunSummary.Of(run) : null;

    public async Task<LoggedModelFacts?> FindLoggedModelAsync(string workspace, string modelId, CancellationToken ct) =>
        await models.FindAsync(workspace, modelId, ct);
}
