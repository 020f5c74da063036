using Microsoft.AspNetCore.Http;
using MlopsPlane.Hosting.Artifacts;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Artifacts;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ExperimentTracker.Artifacts;

/// <summary><c>GET logged-models/{id}/artifacts/files</c>: one file of a logged model.</summary>
internal static class GetLoggedModelArtifact
{
    public static async Task Handle(
        HttpContext http, string modelId, string? artifact_file_path, ArtifactRoots roots, IArtifactStore store, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(artifact_file_path))
            throw PlaneError.Invalid("BAD_REQUEST", "Request must include the \"artifact_file_path\" query parameter.").ToException();
        var file = ArtifactRequest.Parse(artifact_file_path);
        var root = await roots.OfLoggedModelAsync(http, modelId, ct);
        await ArtifactDownload.SendAsync(http, store, ArtifactScope.Place(http.Workspace(), root.Path.Join(file)), ct);
    }
}
