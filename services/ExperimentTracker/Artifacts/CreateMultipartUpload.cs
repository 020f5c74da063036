using Microsoft.AspNetCore.Http;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Storage.Artifacts;

namespace MlopsPlane.ExperimentTracker.Artifacts;

/// <summary><c>POST mlflow-artifacts/mpu/create/{path}</c></summary>
internal static class CreateMultipartUpload
{
    private const int MaxParts = 10_000;

    internal static readonly MessageSchema Schema = new(
        Field.String("path", Check.Required, Check.String),
        Field.Int64("num_parts", Check.IntLike, Check.Of(
            value => !ProtoJson.TryInt64(value!.Value, out var parts) || parts is >= 1 and <= MaxParts,
            $"num_parts must be between 1 and {MaxParts}.")));

    public static async Task Handle(HttpContext http, string? path, IArtifactStore store, CancellationToken ct)
    {
        var folder = await ArtifactRequest.FileOfAsync(http, path, ct);
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var file = MultipartRequest.FileIn(folder, request.String("path")!);
        var upload = await MultipartRequest.Uploads(store).BeginAsync(file, request.Int32("num_parts") ?? 1, ct);
        await MlflowResponse.WriteAsync(http, upload, static (writer, begun) =>
        {
            writer.WriteString("upload_id", begun.UploadId);
            writer.WriteStartArray("credentials");
            for (var i = 0; i < begun.PartUrls.Count; i++)
            {
                writer.WriteStartObject();
                writer.WriteString("url", begun.PartUrls[i]);
                writer.WriteNumber("part_number", i + 1);
                writer.WriteStartObject("headers");
                writer.WriteEndObject();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        });
    }
}
