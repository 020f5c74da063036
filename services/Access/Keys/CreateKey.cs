using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Access.Audit;
using MlopsPlane.Access.Members;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Access.Keys;

/// <summary><c>POST /api/v1/access/keys</c>: makes a key and tells it once.</summary>
internal static class CreateKey
{
    /// <summary>Keys of one member that are good at the same time.</summary>
    private const int MaxKeys = 100;

    private const int MaxDays = 3650;

    /// <param name="Owner"><c>user:NAME</c> or <c>service:NAME</c>; the caller itself when absent.</param>
    /// <param name="ExpiresInDays">Days until it ends, 1 to 3650; absent for a key without an end.</param>
    public sealed record Request(string? Owner, string? Description, int? ExpiresInDays);

    /// <param name="Key">The key itself, which is shown here and never again.</param>
    public sealed record Response(string Key, KeyView Details);

    public static async Task<Created<Response>> Handle(Request request, HttpContext http, AccessChange change, TimeProvider clock)
    {
        var owner = Subject.Check(request.Owner ?? http.Caller().Name, "owner", groups: false);
        KeyRights.RequireMaker(http, owner);
        if (request.ExpiresInDays is < 1 or > MaxDays)
            throw PlaneError.Invalid("invalid_expiry", $"'expiresInDays' must be between 1 and {MaxDays}.").ToException();
        long? ends = request.ExpiresInDays is { } days ? clock.GetUtcNow().AddDays(days).ToUnixTimeMilliseconds() : null;
        var made = NewKey.For(owner, Texts.Bounded(request.Description, "description"), ends, http.Caller().Name, clock);
        await change.RunAsync(http, "keys.create", owner, null, new { made.Row.Id, made.Row.Prefix, request.Description, request.ExpiresInDays }, async (db, ct) =>
        {
            await db.RequireMemberAsync(owner, ct);
            if (await db.Keys.CountAsync(row => row.Owner == owner && row.RevokedAt == null && (row.ExpiresAt == null || row.ExpiresAt > change.Now), ct) >= MaxKeys)
                throw PlaneError.Conflict("too_many_keys", $"'{owner}' has {MaxKeys} keys; revoke one first.").ToException();
            db.Keys.Add(made.Row);
            return made;
        });
        return TypedResults.Created((string?)null, new Response(made.Secret, KeyView.Of(made.Row)));
    }
}
