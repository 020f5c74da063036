using Microsoft.AspNetCore.Http;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Storage.Artifacts;

namespace MlopsPlane.ExperimentTracker.Artifacts;

/// <summary>What the three requests of a multipart upload have in common.</summary>
internal static class MultipartRequest
{
    /// <summary>The client compares this text and falls back to an ordinary upload.</summary>
    private const string NoUpload = "Multipart upload is not supported for the current artifact repository";

    private const string NoDownload = "Multipart download is not supported for the current artifact repository";

    /// <summary>The address names the folder; the file's name is that of the client's local file.</summary>
    public static ArtifactPath FileIn(ArtifactPath folder, string localFile)
    {
        var name = localFile[(localFile.LastIndexOfAny(['/', '\\']) + 1)..];
        var below = ArtifactRequest.Parse(name);
        if (below.IsRoot)
            throw MlflowErrors.Invalid("Invalid path");
        return folder.Join(below);
    }

    public static IDirectTransfer Uploads(IArtifactStore store) => store.Direct ?? throw MlflowErrors.NotImplemented(NoUpload);

    public static IDirectTransfer Downloads(IArtifactStore store) => store.Direct ?? throw MlflowErrors.NotImplemented(NoDownload);
}
