using Microsoft.AspNetCore.Routing;
using MlopsPlane.Mlflow;

namespace MlopsPlane.ModelRegistry.Models;

internal static class ModelEndpoints
{
    private const string Base = "/registered-models";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMlflow(["POST"], Base + "/create", "registry.CreateModel", CreateModel.Handle);
        routes.MapMlflow(["GET"], Base + "/get", "registry.GetModel", GetModel.Handle);
        routes.MapMlflow(["PATCH"], Base + "/update", "registry.UpdateModel", UpdateModel.Handle);
        routes.MapMlflow(["POST"], Base + "/rename", "registry.RenameModel", RenameModel.Handle);
        routes.MapMlflow(["DELETE"], Base + "/delete", "registry.DeleteModel", DeleteModel.Handle);
        routes.MapMlflow(["GET"], Base + "/search", "registry.SearchModels", SearchModels.Handle);
        routes.MapMlflow(["GET", "POST"], Base + "/get-latest-versions", "registry.GetLatestVersions", GetLatestVersions.Handle);
        routes.MapMlflow(["POST"], Base + "/set-tag", "registry.SetModelTag", SetModelTag.Handle);
        routes.MapMlflow(["DELETE"], Base + "/delete-tag", "registry.DeleteModelTag", DeleteModelTag.Handle);
    }
}
