using Microsoft.AspNetCore.Http;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Storage.Artifacts;

namespace MlopsPlane.ExperimentTracker.Artifacts;

/// <summary><c>GET logged-models/{id}/artifacts/directories</c></summary>
internal static class ListLoggedModelArtifacts
{
    internal static readonly MessageSchema Schema = new(Field.String("artifact_directory_path", Check.String));

    public static async Task Handle(HttpContext http, string modelId, ArtifactRoots roots, IArtifactStore store, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var folder = ArtifactRequest.Parse(request.String("artifact_directory_path") ?? "");
        var root = await roots.OfLoggedModelAsync(http, modelId, ct);
        await ArtifactListing.WriteAsync(http, store, root.Path.Join(folder), folder, root.Uri, ct);
    }
}
