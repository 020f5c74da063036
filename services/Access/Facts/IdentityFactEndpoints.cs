using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Access.Facts;

/// <summary>What the process that takes the clients' credentials asks of Access when they are two.</summary>
internal static class IdentityFactEndpoints
{
    public static void MapIdentityFacts(this IEndpointRouteBuilder routes)
    {
        var identities = routes.MapGroup("/api/v1/access/facts/identities").Requires(AccessPolicy.Peers).ExcludeFromDescription();
        identities.MapGet("/keys/{hash}", async Task<Results<Ok<KnownIdentity>, NotFound>> (string hash, IIdentitySource source, CancellationToken ct) =>
            await source.FindByKeyAsync(hash, ct) is { } found ? TypedResults.Ok(found) : TypedResults.NotFound()).WithName("access.KeyFacts");
        identities.MapPost("/members", async Task<Results<Ok<KnownIdentity>, NotFound>> (MemberQuestion asked, IIdentitySource source, CancellationToken ct) =>
            await source.FindMemberAsync(
                asked.Name ?? throw PlaneError.Invalid("missing_value", "'name' must be given.").ToException(),
                asked.Groups?.OfType<string>().ToList() ?? [], ct) is { } found ? TypedResults.Ok(found) : TypedResults.NotFound())
            .WithName("access.MemberFacts");
        identities.MapGet("/version", async (IIdentitySource source, CancellationToken ct) =>
            TypedResults.Ok(new IdentityVersion(await source.VersionAsync(ct)))).WithName("access.IdentityVersion");
        identities.MapPost("/uses", async (KeyUse?[] uses, IIdentitySource source, CancellationToken ct) =>
        {
            await source.ReportUseAsync([.. uses.OfType<KeyUse>().Where(use => use.KeyId is not null)], ct);
            return TypedResults.Ok(new IdentityVersion(await source.VersionAsync(ct)));
        }).WithName("access.ReportKeyUse");
    }
}
