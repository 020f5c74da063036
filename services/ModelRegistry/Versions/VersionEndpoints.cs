using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.Mlflow;
using MlopsPlane.Mlflow.OpenApi;

namespace MlopsPlane.ModelRegistry.Versions;

internal static class VersionEndpoints
{
    private const string Base = "/model-versions";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMlflow(["POST"], Base + "/create", "registry.CreateVersion", CreateVersion.Handle, schema: CreateVersion.Schema);
        routes.MapMlflow(["GET"], Base + "/get", "registry.GetVersion", GetVersion.Handle, schema: GetVersion.Schema);
        routes.MapMlflow(["PATCH"], Base + "/update", "registry.UpdateVersion", UpdateVersion.Handle, schema: UpdateVersion.Schema);
        routes.MapMlflow(["DELETE"], Base + "/delete", "registry.DeleteVersion", DeleteVersion.Handle, schema: DeleteVersion.Schema);
        routes.MapMlflow(["POST"], Base + "/transition-stage", "registry.TransitionStage", TransitionStage.Handle, schema: TransitionStage.Schema);
        routes.MapMlflow(["GET"], Base + "/search", "registry.SearchVersions", SearchVersions.Handle, schema: SearchVersions.Schema);
        routes.MapMlflow(["GET"], Base + "/get-download-uri", "registry.GetDownloadUri", GetDownloadUri.Handle, schema: GetDownloadUri.Schema);
        routes.MapMlflow(["POST"], Base + "/set-tag", "registry.SetVersionTag", SetVersionTag.Handle, schema: SetVersionTag.Schema);
        routes.MapMlflow(["DELETE"], Base + "/delete-tag", "registry.DeleteVersionTag", DeleteVersionTag.Handle, schema: DeleteVersionTag.Schema);
        routes.MapMethods(Base + "/get-artifact", ["GET", "HEAD"], GetVersionArtifact.Handle).WithName("registry.GetVersionArtifact").AsMlflow("model-versions");
    }
}
