using Microsoft.AspNetCore.Http;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Storage.Artifacts;

namespace MlopsPlane.ExperimentTracker.Artifacts;

/// <summary><c>POST mlflow-artifacts/mpu/abort/{path}</c></summary>
internal static class AbortMultipartUpload
{
    internal static readonly MessageSchema Schema = new(
        Field.String("path", Check.Required, Check.String), Field.String("upload_id", Check.String));

    public static async Task Handle(HttpContext http, string? path, IArtifactStore store, CancellationToken ct)
    {
        var folder = await ArtifactRequest.FileOfAsync(http, path, ct);
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var file = MultipartRequest.FileIn(folder, request.String("path")!);
        await MultipartRequest.Uploads(store).AbortAsync(file, request.String("upload_id") ?? "", ct);
        await MlflowResponse.WriteEmptyAsync(http);
    }
}
