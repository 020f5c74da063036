using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity.Oidc;

namespace MlopsPlane.Web.Identity.Credentials;

/// <summary>
/// Takes what clients show: API keys and tokens of the configured identity provider. Whoever was seen before is told
/// from memory; <see cref="IdentityWatch"/> empties it when anything changes.
/// </summary>
internal sealed class CredentialAuthenticator(
    IIdentitySource source, IdentityCache cache, OidcTokens oidc, TimeProvider clock, IdentityMetrics metrics) : IAuthenticator
{
    private const string Missing =
        "A key is required: as Bearer token, as password of Basic authentication (MLFLOW_TRACKING_TOKEN or MLFLOW_TRACKING_PASSWORD), or in X-Api-Key.";
    private const string NotGood = "The key or token is not valid: unknown, expired or revoked.";

    /// <summary>
    /// Digests of headers by the string itself, not its text: a connection that is kept gives the same string again for
    /// the same header, and the digest is most of what a remembered caller costs. They go with their strings.
    /// </summary>
    private readonly ConditionalWeakTable<string, object> digests = [];

    public ValueTask<Authentication> AuthenticateAsync(HttpContext http)
    {
        var given = http.Request.Headers.Authorization;
        if (given.Count == 1 && given[0] is { } header && digests.TryGetValue(header, out var digest)
            && cache.Find((Digest)digest, clock.NowMilliseconds(), out var caller) == Remembered.Good)
            return new(new Authentication(caller));
        return JudgeAsync(Credential.Of(http.Request), http);
    }

    /// <summary>Asks again about who showed a secret before.</summary>
    public ValueTask<Authentication> AuthenticateAsync(string secret) => JudgeAsync(secret, null);

    private ValueTask<Authentication> JudgeAsync(ReadOnlySpan<char> secret, HttpContext? http)
    {
        if (secret.IsEmpty)
            return new(Refuse("missing", Missing));
        if (Digest.Of(secret) is not { } digest)
            return new(Refuse("malformed", NotGood));
        var now = clock.NowMilliseconds();
        switch (cache.Find(digest, now, out var caller))
        {
            case Remembered.Good:
                if (http?.Request.Headers.Authorization is [{ } header])
                    digests.AddOrUpdate(header, digest);
                return new(new Authentication(caller));
            case Remembered.Refused:
                return new(Refuse("unknown", NotGood));
            case Remembered.Stale:
                return new(Unchecked());
        }

        // Before the question: what changes while it is answered must not be remembered as it was.
        var generation = cache.Generation;
        if (ApiKey.IsWellFormed(secret))
            return LearnAsync(digest, source.FindByKeyAsync(digest.ToHex(), http?.RequestAborted ?? default), generation, now);
        if (OidcTokens.LooksLikeOne(secret) && oidc.Enabled)
            return LearnAsync(digest, FindByTokenAsync(secret.ToString(), http?.RequestAborted ?? default), generation, now);
        return new(Refuse("malformed", NotGood));
    }

    private async ValueTask<Authentication> LearnAsync(Digest digest, Task<KnownIdentity?> asked, long generation, long now)
    {
        KnownIdentity? found;
        try
        {
            found = await asked;
        }
        catch (PlaneException unavailable) when (unavailable.Error.Status == StatusCodes.Status503ServiceUnavailable)
        {
            return Unchecked();
        }

        cache.Remember(digest, found, generation, now);
        return found is null || found.ExpiresAt <= now ? Refuse("unknown", NotGood) : new Authentication(found.Caller);
    }

    private async Task<KnownIdentity?> FindByTokenAsync(string token, CancellationToken ct)
    {
        if (await oidc.ValidateAsync(token, ct) is not { } person)
            return null;
        var known = await source.FindMemberAsync(person.Name, person.Groups, ct);
        if (known is null)
            return null;
        var caller = person.IsAdmin ? known.Caller with { Grants = [.. known.Caller.Grants, Grant.Everything] } : known.Caller;
        return new KnownIdentity(caller, person.ExpiresAt);
    }

    private Authentication Refuse(string reason, string why)
    {
        metrics.Refused(reason);
        return Authentication.Refused(why);
    }

    private Authentication Unchecked()
    {
        metrics.Refused("unchecked");
        return new Authentication(null, PlaneError.Unavailable("identity_unavailable", "Who calls cannot be checked now; the request can be repeated."));
    }
}
