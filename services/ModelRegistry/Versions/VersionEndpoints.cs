using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.Mlflow;

namespace MlopsPlane.ModelRegistry.Versions;

internal static class VersionEndpoints
{
    private const string Base = "/model-versions";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMlflow(["POST"], Base + "/create", "registry.CreateVersion", CreateVersion.Handle);
        routes.MapMlflow(["GET"], Base + "/get", "registry.GetVersion", GetVersion.Handle);
        routes.MapMlflow(["PATCH"], Base + "/update", "registry.UpdateVersion", UpdateVersion.Handle);
        routes.MapMlflow(["DELETE"], Base + "/delete", "registry.DeleteVersion", DeleteVersion.Handle);
        routes.MapMlflow(["POST"], Base + "/transition-stage", "registry.TransitionStage", TransitionStage.Handle);
        routes.MapMlflow(["GET"], Base + "/search", "registry.SearchVersions", SearchVersions.Handle);
        routes.MapMlflow(["GET"], Base + "/get-download-uri", "registry.GetDownloadUri", GetDownloadUri.Handle);
        routes.MapMlflow(["POST"], Base + "/set-tag", "registry.SetVersionTag", SetVersionTag.Handle);
        routes.MapMlflow(["DELETE"], Base + "/delete-tag", "registry.DeleteVersionTag", DeleteVersionTag.Handle);
        routes.MapMethods(Base + "/get-artifact", ["GET", "HEAD"], GetVersionArtifact.Handle).WithName("registry.GetVersionArtifact");
    }
}
