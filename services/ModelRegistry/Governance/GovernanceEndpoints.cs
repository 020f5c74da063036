using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.ModelRegistry.Models;
using MlopsPlane.Web.Guards;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ModelRegistry.Governance;

/// <summary>What the registry knows beyond MLflow's API.</summary>
internal static class GovernanceEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var registry = routes.MapGroup("/api/v1/registry").WithTags("governance").AddEndpointFilter(CleanTextFilter.JudgeAsync);
        registry.MapGet("/models/{model}/history", ListHistory.Handle).WithName("registry.ListHistory").Requires(ModelPolicies.RoutedRead).ProducesProblem(404);
        registry.MapPut("/models/{model}/aliases/{alias}", MoveAlias.Handle).WithName("registry.MoveAlias").Requires(ModelPolicies.RoutedWrite).ProducesProblem(404).ProducesProblem(409);
        registry.MapDelete("/models/{model}/aliases/{alias}", RemoveAlias.Handle).WithName("registry.RemoveAlias").Requires(ModelPolicies.RoutedWrite).ProducesProblem(404).ProducesProblem(409);
        registry.MapPost("/versions/search", FindVersions.Handle).WithName("registry.FindVersions").Requires(ModelPolicies.Search).ProducesProblem(400);
        registry.MapGet("/lineage", FindDescendants.Handle).WithName("registry.FindDescendants").Requires(ModelPolicies.Search).ProducesProblem(400);
        var version = registry.MapGroup("/models/{model}/versions/{version:int}");
        version.MapGet("/content", GetContent.Handle).WithName("registry.GetContent").Requires(ModelPolicies.RoutedRead).ProducesProblem(404);
        version.MapPost("/content/check", CheckContent.Handle).WithName("registry.CheckContent").Requires(ModelPolicies.RoutedRead).ProducesProblem(404);
        version.MapGet("/signature", GetSignature.Handle).WithName("registry.GetSignature").Requires(ModelPolicies.RoutedRead).ProducesProblem(404);
        version.MapGet("/lineage", GetLineage.Handle).WithName("registry.GetLineage").Requires(ModelPolicies.RoutedRead).ProducesProblem(404);
    }
}
