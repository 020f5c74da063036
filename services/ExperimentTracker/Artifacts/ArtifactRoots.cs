using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.LoggedModels;
using MlopsPlane.ExperimentTracker.Runs;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Artifacts;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Storage.Artifacts;

namespace MlopsPlane.ExperimentTracker.Artifacts;

/// <summary>Where runs and logged models keep their files.</summary>
internal sealed class ArtifactRoots(TrackerDb db, WorkspaceProjection<TrackerDb> workspaces)
{
    /// <exception cref="Primitives.PlaneException">404: no such run; 400: its files are not in this product's store.</exception>
    public async Task<ArtifactRoot> OfRunAsync(HttpContext http, string runId, CancellationToken ct)
    {
        var workspace = await workspaces.ResolveAsync(http);
        await http.RequireRunAsync(workspace, runId, ct);
        var uri = await db.Set<Run>().Where(run => run.WorkspaceId == workspace && run.RunId == runId)
            .Select(run => run.ArtifactUri).SingleOrDefaultAsync(ct);
        return Resolve(uri ?? throw MlflowErrors.Missing($"Run with id={runId} not found"));
    }

    /// <inheritdoc cref="OfRunAsync"/>
    public async Task<ArtifactRoot> OfLoggedModelAsync(HttpContext http, string modelId, CancellationToken ct)
    {
        var workspace = await workspaces.ResolveAsync(http);
        await http.RequireModelsAsync(workspace, [modelId], ct);
        var uri = await db.Set<LoggedModel>()
            .Where(model => model.WorkspaceId == workspace && model.ModelId == modelId && model.LifecycleStage == Lifecycle.Active)
            .Select(model => model.ArtifactUri).SingleOrDefaultAsync(ct);
        return Resolve(uri ?? throw MlflowErrors.Missing($"Logged model with ID '{modelId}' not found."));
    }

    // Files elsewhere (a local path, a bucket of the client's own) are read there: fetching them here would lend
    // this process's rights to whoever can set an artifact location.
    private static ArtifactRoot Resolve(string uri) => ArtifactUri.TryResolve(uri, out var path)
        ? new ArtifactRoot(uri, path)
        : throw MlflowErrors.Invalid($"The artifacts are at '{uri}', which this server does not serve. Read them there.");
}

/// <param name="Uri">As clients know it.</param>
/// <param name="Path">As the workspace's part of the store knows it.</param>
internal sealed record ArtifactRoot(string Uri, ArtifactPath Path);
