using Microsoft.AspNetCore.Http;
using MlopsPlane.Hosting.Artifacts;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.ModelRegistry.Models;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.Storage.Artifacts;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ModelRegistry.Versions;

/// <summary><c>GET /model-versions/get-artifact</c>: one file of a version.</summary>
internal static class GetVersionArtifact
{
    public static async Task Handle(
        HttpContext http, string? name, string? version, string? path, VersionReader versions, IArtifactStore store,
        WorkspaceProjection<RegistryDb> workspaces, CancellationToken ct)
    {
        if (!ArtifactPath.TryParse(path ?? throw MlflowErrors.Invalid("Request must specify path."), out var file))
            throw MlflowErrors.Invalid("Invalid path");
        var model = ModelName.Check(name);
        http.NameGate()?.Require(model);
        var found = await versions.GetAsync(await workspaces.ResolveAsync(http), model, VersionNumber.Parse(version), ct);
        // Files elsewhere are read there: fetching them here would lend this process's rights to whoever names a source.
        if (!ArtifactUri.TryResolve(found.Row.StorageLocation, out var root))
            throw MlflowErrors.Invalid($"The version's files are at '{found.Row.StorageLocation}', which this server does not serve. Read them there.");
        await ArtifactDownload.SendAsync(http, store, ArtifactScope.Place(http.Workspace(), root.Join(file)), ct);
    }
}
