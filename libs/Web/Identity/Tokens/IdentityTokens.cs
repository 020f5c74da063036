using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using MlopsPlane.Primitives;

namespace MlopsPlane.Web.Identity.Tokens;

/// <summary>Makes tokens for other processes of the product; one serves all requests of a caller for half its life.</summary>
public sealed class IdentityTokens
{
    /// <summary>Header that carries the token.</summary>
    public const string Header = IdentityToken.Header;

    /// <summary>How long a token is good.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    private readonly ConditionalWeakTable<CallerIdentity, ConcurrentDictionary<string, Made>> made = [];
    private readonly ClusterKeys keys;
    private readonly TimeProvider clock;

    internal IdentityTokens(ClusterKeys keys, TimeProvider clock) => (this.keys, this.clock) = (keys, clock);

    /// <summary>A token that tells <paramref name="audience"/> who the caller is.</summary>
    /// <param name="audience">Name of the service's module.</param>
    /// <exception cref="PlaneException">403: the caller has more rules than a token holds.</exception>
    public string For(CallerIdentity caller, string audience)
    {
        var now = clock.NowMilliseconds();
        var own = made.GetValue(caller, static _ => new(StringComparer.Ordinal));
        if (own.TryGetValue(audience, out var known) && known.RenewAt > now)
            return known.Token;
        var token = IdentityToken.Write(
            new TokenBody(audience, now + (long)Lifetime.TotalMilliseconds, caller), keys.Signing(audience));
        if (token.Length > IdentityToken.MaxLength)
            throw new PlaneError(403, "too_many_grants",
                $"'{caller.Name}' has {caller.Grants.Count} rules from grants, roles and groups, more than can be sent to a service; use wider patterns.").ToException();
        own[audience] = new Made(token, now + (long)(Lifetime.TotalMilliseconds / 2));
        return token;
    }

    private sealed record Made(string Token, long RenewAt);
}
