using Microsoft.AspNetCore.Http;
using MlopsPlane.Hosting.Artifacts;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Artifacts;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ExperimentTracker.Artifacts;

/// <summary>Paths that requests carry.</summary>
internal static class ArtifactRequest
{
    /// <exception cref="PlaneException">400: the path climbs, is absolute, or hides such a thing behind encodings.</exception>
    public static ArtifactPath Parse(string text) =>
        ArtifactPath.TryParse(text, out var path) ? path : throw MlflowErrors.Invalid("Invalid path");

    /// <summary>A path in the workspace's part of the store, or from the store's root on: then with the workspace's name.</summary>
    public static ArtifactPath ParseInStore(string text)
    {
        var path = Parse(text);
        ArtifactScope.RequireName(text);
        return path;
    }

    /// <summary>The place of a file that the address names; the address must name one, and the caller must be allowed to use it.</summary>
    public static async Task<ArtifactPath> FileOfAsync(HttpContext http, string? text, CancellationToken ct)
    {
        var path = ParseInStore(text ?? "");
        var place = path.IsRoot ? throw MlflowErrors.Invalid("Invalid path") : ArtifactScope.Place(http.Workspace(), path);
        await http.RequirePlaceAsync(place, ct);
        return place;
    }
}
