using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using MlopsPlane.Hosting.Artifacts;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Storage.Artifacts;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ExperimentTracker.Artifacts;

/// <summary><c>POST upload-artifact</c>: one small file of a run, as a page sends it.</summary>
internal static class UploadRunArtifact
{
    private const int MaxBytes = 10 * 1024 * 1024;
    private const string TooLarge = "Artifact size is too large. Max size is 10MB.";

    public static async Task Handle(HttpContext http, string? run_uuid, string? path, ArtifactRoots roots, IArtifactStore store, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(run_uuid))
            throw MlflowErrors.Invalid("Request must specify run_uuid.");
        if (string.IsNullOrEmpty(path))
            throw MlflowErrors.Invalid("Request must specify path.");
        var file = ArtifactRequest.Parse(path);
        if (file.IsRoot)
            throw MlflowErrors.Invalid("Invalid path");
        if (http.Request.ContentLength > MaxBytes)
            throw MlflowErrors.Invalid(TooLarge);
        var body = await ReadAsync(http, ct);
        var root = await roots.OfRunAsync(http, run_uuid, ct);
        await store.WriteAsync(ArtifactScope.Place(http.Workspace(), root.Path.Join(file)), body, body.Length, ct);
        http.Response.ContentType = "application/json";
    }

    /// <summary>The rule of "no data" is judged before the run is looked for, so the small body is read first.</summary>
    private static async Task<MemoryStream> ReadAsync(HttpContext http, CancellationToken ct)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MaxBytes;
        var body = new MemoryStream();
        try
        {
            await http.Request.Body.CopyToAsync(body, ct);
        }
        catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw MlflowErrors.Invalid(TooLarge);
        }

        body.Position = 0;
        return body.Length > 0 ? body : throw MlflowErrors.Invalid("Request must specify data.");
    }
}
