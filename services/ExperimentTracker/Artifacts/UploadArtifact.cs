using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Storage.Artifacts;

namespace MlopsPlane.ExperimentTracker.Artifacts;

/// <summary><c>PUT mlflow-artifacts/artifacts/{path}</c>: the body goes to the store as it comes.</summary>
internal static class UploadArtifact
{
    public static async Task Handle(
        HttpContext http, string? path, IArtifactStore store, IOptions<ArtifactOptions> options, CancellationToken ct)
    {
        var file = await ArtifactRequest.FileOfAsync(http, path, ct);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = options.Value.MaxUploadBytes;
        await store.WriteAsync(file, http.Request.Body, http.Request.ContentLength, ct);
        await MlflowResponse.WriteEmptyAsync(http);
    }
}
