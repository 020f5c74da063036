using Microsoft.AspNetCore.Http;
using MlopsPlane.Hosting.Artifacts;
using MlopsPlane.Storage.Artifacts;

namespace MlopsPlane.ExperimentTracker.Artifacts;

/// <summary><c>GET mlflow-artifacts/artifacts/{path}</c></summary>
internal static class DownloadArtifact
{
    public static async Task Handle(HttpContext http, string? path, IArtifactStore store, CancellationToken ct) =>
        await ArtifactDownload.SendAsync(http, store, await ArtifactRequest.FileOfAsync(http, path, ct), ct);
}
