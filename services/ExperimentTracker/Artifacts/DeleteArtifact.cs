using Microsoft.AspNetCore.Http;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Storage.Artifacts;

namespace MlopsPlane.ExperimentTracker.Artifacts;

/// <summary><c>DELETE mlflow-artifacts/artifacts/{path}</c>: a file, or a folder with all that it holds.</summary>
internal static class DeleteArtifact
{
    public static async Task Handle(HttpContext http, string? path, IArtifactStore store, CancellationToken ct)
    {
        await store.DeleteAsync(await ArtifactRequest.FileOfAsync(http, path, ct), ct);
        await MlflowResponse.WriteEmptyAsync(http);
    }
}
