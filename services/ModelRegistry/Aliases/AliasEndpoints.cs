using Microsoft.AspNetCore.Routing;
using MlopsPlane.Mlflow;

namespace MlopsPlane.ModelRegistry.Aliases;

internal static class AliasEndpoints
{
    private const string Path = "/registered-models/alias";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMlflow(["POST"], Path, "registry.SetAlias", SetAlias.Handle, schema: SetAlias.Schema);
        routes.MapMlflow(["DELETE"], Path, "registry.DeleteAlias", DeleteAlias.Handle, schema: DeleteAlias.Schema);
        routes.MapMlflow(["GET"], Path, "registry.GetVersionByAlias", GetVersionByAlias.Handle, schema: GetVersionByAlias.Schema);
    }
}
