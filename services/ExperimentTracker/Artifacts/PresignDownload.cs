using Microsoft.AspNetCore.Http;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Storage.Artifacts;

namespace MlopsPlane.ExperimentTracker.Artifacts;

/// <summary><c>GET mlflow-artifacts/presigned/{path}</c></summary>
internal static class PresignDownload
{
    public static async Task Handle(HttpContext http, string? path, IArtifactStore store, CancellationToken ct)
    {
        var file = await ArtifactRequest.FileOfAsync(http, path, ct);
        var download = await MultipartRequest.Downloads(store).DownloadAsync(file, ct)
            ?? throw MlflowErrors.Missing($"No such artifact: '{file}'");
        await MlflowResponse.WriteAsync(http, download, static (writer, signed) =>
        {
            writer.WriteString("url", signed.Url);
            writer.WriteStartObject("headers");
            writer.WriteEndObject();
            writer.WriteNumber("file_size", signed.Size);
        });
    }
}
