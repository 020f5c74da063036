using Microsoft.AspNetCore.Http;
using MlopsPlane.Hosting.Artifacts;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Storage.Artifacts;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ExperimentTracker.Artifacts;

/// <summary><c>GET /get-artifact</c>: one file of a run.</summary>
internal static class GetRunArtifact
{
    public static async Task Handle(
        HttpContext http, string? run_id, string? run_uuid, string? path, ArtifactRoots roots, IArtifactStore store, CancellationToken ct)
    {
        var file = ArtifactRequest.Parse(path ?? throw MlflowErrors.Invalid("Request must specify path."));
        var runId = string.IsNullOrEmpty(run_id) ? run_uuid : run_id;
        var root = await roots.OfRunAsync(http, runId ?? throw MlflowErrors.Invalid("Request must specify run_id."), ct);
        await ArtifactDownload.SendAsync(http, store, ArtifactScope.Place(http.Workspace(), root.Path.Join(file)), ct);
    }
}
