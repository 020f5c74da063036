using Microsoft.AspNetCore.Routing;
using MlopsPlane.Mlflow;

namespace MlopsPlane.ModelRegistry.Models;

internal static class ModelEndpoints
{
    private const string Base = "/registered-models";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMlflow(["POST"], Base + "/create", "registry.CreateModel", CreateModel.Handle, schema: CreateModel.Schema);
        routes.MapMlflow(["GET"], Base + "/get", "registry.GetModel", GetModel.Handle, schema: GetModel.Schema);
        routes.MapMlflow(["PATCH"], Base + "/update", "registry.UpdateModel", UpdateModel.Handle, schema: UpdateModel.Schema);
        routes.MapMlflow(["POST"], Base + "/rename", "registry.RenameModel", RenameModel.Handle, schema: RenameModel.Schema);
        routes.MapMlflow(["DELETE"], Base + "/delete", "registry.DeleteModel", DeleteModel.Handle, schema: DeleteModel.Schema);
        routes.MapMlflow(["GET"], Base + "/search", "registry.SearchModels", SearchModels.Handle, schema: SearchModels.Schema);
        routes.MapMlflow(["GET", "POST"], Base + "/get-latest-versions", "registry.GetLatestVersions", GetLatestVersions.Handle, schema: GetLatestVersions.Schema);
        routes.MapMlflow(["POST"], Base + "/set-tag", "registry.SetModelTag", SetModelTag.Handle, schema: SetModelTag.Schema);
        routes.MapMlflow(["DELETE"], Base + "/delete-tag", "registry.DeleteModelTag", DeleteModelTag.Handle, schema: DeleteModelTag.Schema);
    }
}
