using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.Mlflow;
using MlopsPlane.Mlflow.OpenApi;
using MlopsPlane.ModelRegistry.Models;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ModelRegistry.Versions;

internal static class VersionEndpoints
{
    private const string Base = "/model-versions";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMlflow(["POST"], Base + "/create", "registry.CreateVersion", ModelPolicies.Write, CreateVersion.Handle, schema: CreateVersion.Schema);
        routes.MapMlflow(["GET"], Base + "/get", "registry.GetVersion", ModelPolicies.Read, GetVersion.Handle, schema: GetVersion.Schema);
        routes.MapMlflow(["PATCH"], Base + "/update", "registry.UpdateVersion", ModelPolicies.Write, UpdateVersion.Handle, schema: UpdateVersion.Schema);
        routes.MapMlflow(["DELETE"], Base + "/delete", "registry.DeleteVersion", ModelPolicies.Write, DeleteVersion.Handle, schema: DeleteVersion.Schema);
        routes.MapMlflow(["POST"], Base + "/transition-stage", "registry.TransitionStage", ModelPolicies.Write, TransitionStage.Handle, schema: TransitionStage.Schema);
        routes.MapMlflow(["GET"], Base + "/search", "registry.SearchVersions", ModelPolicies.Search, SearchVersions.Handle, schema: SearchVersions.Schema);
        routes.MapMlflow(["GET"], Base + "/get-download-uri", "registry.GetDownloadUri", ModelPolicies.Read, GetDownloadUri.Handle, schema: GetDownloadUri.Schema);
        routes.MapMlflow(["POST"], Base + "/set-tag", "registry.SetVersionTag", ModelPolicies.Write, SetVersionTag.Handle, schema: SetVersionTag.Schema);
        routes.MapMlflow(["DELETE"], Base + "/delete-tag", "registry.DeleteVersionTag", ModelPolicies.Write, DeleteVersionTag.Handle, schema: DeleteVersionTag.Schema);
        routes.MapMethods(Base + "/get-artifact", ["GET", "HEAD"], GetVersionArtifact.Handle).WithName("registry.GetVersionArtifact").Requires(ModelPolicies.Read).AsMlflow("model-versions");
    }
}
