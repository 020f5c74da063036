using Microsoft.AspNetCore.Http;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Storage.Artifacts;

namespace MlopsPlane.ExperimentTracker.Artifacts;

/// <summary><c>GET artifacts/list</c>: a folder of a run; paths count from the run's root.</summary>
internal static class ListRunArtifacts
{
    internal static readonly MessageSchema Schema = new(
        Field.Id("run_id", Check.Required, Check.String),
        Field.Id("run_uuid"),
        Field.String("path", Check.String),
        Field.String("page_token", Check.String));

    public static async Task Handle(HttpContext http, ArtifactRoots roots, IArtifactStore store, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var folder = ArtifactRequest.Parse(request.String("path") ?? "");
        var root = await roots.OfRunAsync(http, request.String("run_id") ?? request.String("run_uuid")!, ct);
        await ArtifactListing.WriteAsync(http, store, root.Path.Join(folder), folder, root.Uri, ct);
    }
}
