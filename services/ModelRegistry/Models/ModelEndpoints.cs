using Microsoft.AspNetCore.Routing;
using MlopsPlane.Mlflow;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ModelRegistry.Models;

internal static class ModelEndpoints
{
    private const string Base = "/registered-models";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMlflow(["POST"], Base + "/create", "registry.CreateModel", ModelPolicies.Write, CreateModel.Handle, schema: CreateModel.Schema);
        routes.MapMlflow(["GET"], Base + "/get", "registry.GetModel", ModelPolicies.Read, GetModel.Handle, schema: GetModel.Schema);
        routes.MapMlflow(["PATCH"], Base + "/update", "registry.UpdateModel", ModelPolicies.Write, UpdateModel.Handle, schema: UpdateModel.Schema);
        routes.MapMlflow(["POST"], Base + "/rename", "registry.RenameModel", ModelPolicies.Write, RenameModel.Handle, schema: RenameModel.Schema);
        routes.MapMlflow(["DELETE"], Base + "/delete", "registry.DeleteModel", ModelPolicies.Write, DeleteModel.Handle, schema: DeleteModel.Schema);
        routes.MapMlflow(["GET"], Base + "/search", "registry.SearchModels", ModelPolicies.Search, SearchModels.Handle, schema: SearchModels.Schema);
        routes.MapMlflow(["GET", "POST"], Base + "/get-latest-versions", "registry.GetLatestVersions", ModelPolicies.Read, GetLatestVersions.Handle, schema: GetLatestVersions.Schema);
        routes.MapMlflow(["POST"], Base + "/set-tag", "registry.SetModelTag", ModelPolicies.Write, SetModelTag.Handle, schema: SetModelTag.Schema);
        routes.MapMlflow(["DELETE"], Base + "/delete-tag", "registry.DeleteModelTag", ModelPolicies.Write, DeleteModelTag.Handle, schema: DeleteModelTag.Schema);
    }
}
