using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Access.Questions;

/// <summary><c>GET /api/v1/access/whoami</c>: whom the product takes the caller for, and what they may do.</summary>
internal static class WhoAmI
{
    public sealed record Response(string Subject, string? KeyId, IReadOnlyList<RuleView> Rules);

    public static Ok<Response> Handle(HttpContext http)
    {
        var caller = http.Caller();
        return TypedResults.Ok(new Response(caller.Name, caller.KeyId, [.. caller.Grants.Select(grant => RuleView.Of(grant, via: null))]));
    }
}
