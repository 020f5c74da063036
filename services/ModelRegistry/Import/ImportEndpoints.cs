using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.ModelRegistry.Models;
using MlopsPlane.Web.Guards;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ModelRegistry.Import;

/// <summary>
/// What MLflow's API cannot do and a move from another server needs: numbers, stages and times of the caller's choice. It
/// asks for an administrator, because what it writes stands in the history as it is told.
/// </summary>
internal static class ImportEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var import = routes.MapGroup("/api/v1/registry/import").WithTags("import").AddEndpointFilter(CleanTextFilter.JudgeAsync).Requires(ModelPolicies.Administer);
        import.MapPost("/models", ImportModel.Handle).WithName("registry.ImportModel").ProducesProblem(400).ProducesProblem(409);
        import.MapPost("/versions", ImportVersion.Handle).WithName("registry.ImportVersion").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);
        import.MapPost("/aliases", ImportAliases.Handle).WithName("registry.ImportAliases").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);
    }
}
