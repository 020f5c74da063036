using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity.Credentials;

namespace MlopsPlane.Web.Identity.Tokens;

/// <summary>
/// Behind the edge: only its tokens and those of peers are accepted, so who reaches a service without passing the edge
/// gets 401 whatever credential they show.
/// </summary>
/// <param name="audiences">Names of the modules of this process.</param>
internal sealed class TokenAuthenticator(
    ClusterKeys keys, IReadOnlySet<string> audiences, IOptions<IdentityOptions> options, TimeProvider clock, IdentityMetrics metrics) : IAuthenticator
{
    private const int MaxKnown = 20_000;
    private const int SkewMilliseconds = 30_000;
    private const string Scraper = "scraper";

    private readonly ConcurrentDictionary<Digest, TokenBody> known = new();
    private readonly byte[]? scrapeKey = options.Value.ScrapeKey is { Length: > 0 } key ? SHA256.HashData(Encoding.UTF8.GetBytes(key)) : null;

    public ValueTask<Authentication> AuthenticateAsync(HttpContext http)
    {
        var caller = http.Request.Headers.TryGetValue(IdentityToken.Header, out var given) && given is [{ } token] ? Find(token) : null;
        if (caller is null && scrapeKey is not null && http.Request.Path == "/metrics")
            caller = FindScraper(http.Request);
        if (caller is not null)
            return new(new Authentication(caller));
        metrics.Refused("token");
        return new(Authentication.Refused("This service answers the edge only; send the request to the address of the product."));
    }

    private CallerIdentity? Find(string token)
    {
        var now = clock.NowMilliseconds();
        if (Digest.Of(token) is not { } digest)
            return null;
        if (!known.TryGetValue(digest, out var body))
        {
            if ((body = Verify(token)) is null)
                return null;
            if (known.Count >= MaxKnown)
                known.Clear();
            known[digest] = body;
        }

        if (body.ExpiresAt + SkewMilliseconds > now)
            return body.Caller;
        known.TryRemove(digest, out _);
        return null;
    }

    private TokenBody? Verify(string token)
    {
        foreach (var audience in audiences)
        {
            if (IdentityToken.Verify(token, keys.Verifying(audience)) is { } body && body.Audience == audience)
                return body;
        }

        return null;
    }

    private CallerIdentity? FindScraper(HttpRequest request)
    {
        var shown = SHA256.HashData(Encoding.UTF8.GetBytes(Credential.Of(request).ToString()));
        return CryptographicOperations.FixedTimeEquals(shown, scrapeKey)
            ? new CallerIdentity(Scraper, null, [new Grant(Allow: true, Verbs.Read, Grant.Any, ResourceKind.Operations, Grant.Any)])
            : null;
    }
}
