using Microsoft.AspNetCore.Routing;
using MlopsPlane.Mlflow;
using MlopsPlane.ModelRegistry.Models;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ModelRegistry.Aliases;

internal static class AliasEndpoints
{
    private const string Path = "/registered-models/alias";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMlflow(["POST"], Path, "registry.SetAlias", ModelPolicies.Write, SetAlias.Handle, schema: SetAlias.Schema);
        routes.MapMlflow(["DELETE"], Path, "registry.DeleteAlias", ModelPolicies.Write, DeleteAlias.Handle, schema: DeleteAlias.Schema);
        routes.MapMlflow(["GET"], Path, "registry.GetVersionByAlias", ModelPolicies.Read, GetVersionByAlias.Handle, schema: GetVersionByAlias.Schema);
    }
}
