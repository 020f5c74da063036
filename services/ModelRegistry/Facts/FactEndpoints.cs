using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.Contracts.ModelRegistry;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ModelRegistry.Facts;

/// <summary>The gateway's questions over HTTP. Names are parameters, since a path cannot carry every name.</summary>
internal static class FactEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var facts = routes.MapGroup("/api/v1/registry/facts").Requires(AccessPolicy.Peers).ExcludeFromDescription();
        facts.MapGet("/versions", VersionAsync).WithName("registry.GetVersionFacts").ProducesProblem(404);
        facts.MapGet("/aliases", AliasAsync).WithName("registry.GetAliasFacts").ProducesProblem(404);
    }

    private static async Task<Ok<ModelVersionFacts>> VersionAsync(string model, int version, HttpContext http, ModelFactsPort port, CancellationToken ct) =>
        TypedResults.Ok(await port.FindVersionAsync(http.Workspace(), model, version, ct)
            ?? throw PlaneError.NotFound("version_not_found", $"{model} has no version {version}.").ToException());

    private static async Task<Ok<ModelVersionFacts>> AliasAsync(string model, string alias, HttpContext http, ModelFactsPort port, CancellationToken ct) =>
        TypedResults.Ok(await port.FindByAliasAsync(http.Workspace(), model, alias, ct)
            ?? throw PlaneError.NotFound("alias_not_found", $"{model} has no alias '{alias}'.").ToException());
}
