using Microsoft.AspNetCore.Http;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Storage.Artifacts;

namespace MlopsPlane.ExperimentTracker.Artifacts;

/// <summary><c>POST mlflow-artifacts/mpu/complete/{path}</c></summary>
internal static class CompleteMultipartUpload
{
    private static readonly MessageSchema Part = new(Field.Int64("part_number"), Field.String("etag"), Field.String("url"));

    internal static readonly MessageSchema Schema = new(
        Field.String("path", Check.Required, Check.String),
        Field.String("upload_id", Check.String),
        Field.Messages("parts", Part, Check.Required));

    public static async Task Handle(HttpContext http, string? path, IArtifactStore store, CancellationToken ct)
    {
        var folder = await ArtifactRequest.FileOfAsync(http, path, ct);
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var file = MultipartRequest.FileIn(folder, request.String("path")!);
        var parts = request.Messages("parts", Part)
            .Select(part => new UploadedPart(part.Int32("part_number") ?? 0, part.String("etag") ?? ""))
            .OrderBy(part => part.Number).ToList();
        await MultipartRequest.Uploads(store).CompleteAsync(file, request.String("upload_id") ?? "", parts, ct);
        await MlflowResponse.WriteEmptyAsync(http);
    }
}
