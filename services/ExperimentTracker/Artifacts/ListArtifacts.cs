using Microsoft.AspNetCore.Http;
using MlopsPlane.Hosting.Artifacts;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Storage.Artifacts;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ExperimentTracker.Artifacts;

/// <summary><c>GET mlflow-artifacts/artifacts</c>: names in a folder of the workspace.</summary>
internal static class ListArtifacts
{
    internal static readonly MessageSchema Schema = new(Field.String("path"));

    public static async Task Handle(HttpContext http, IArtifactStore store, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var folder = ArtifactRequest.ParseInStore(request.String("path") ?? "");
        await http.RequirePlaceAsync(ArtifactScope.Place(http.Workspace(), folder), ct);
        await ArtifactListing.WriteAsync(http, store, folder, ArtifactPath.Root, rootUri: null, ct);
    }
}
