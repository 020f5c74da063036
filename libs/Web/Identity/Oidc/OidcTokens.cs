using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using MlopsPlane.Primitives;

namespace MlopsPlane.Web.Identity.Oidc;

/// <summary>Whom the identity provider vouches for.</summary>
/// <param name="ExpiresAt">Milliseconds since 1970 UTC.</param>
internal sealed record OidcPerson(string Name, IReadOnlyList<string> Groups, bool IsAdmin, long ExpiresAt);

/// <summary>
/// Judges tokens of the configured issuer (OpenID Connect Discovery 1.0, RFC 7519): signed with an asymmetric key of its
/// published set, for our audience, in time. Keys are fetched again when a token names one that is not known yet.
/// </summary>
internal sealed partial class OidcTokens
{
    /// <summary>Name of the client in the factory.</summary>
    public const string ClientName = "plane-oidc";

    /// <summary>Groups of one person that are looked at.</summary>
    private const int MaxGroups = 200;

    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = 16 * 1024 };
    private readonly OidcOptions options;
    private readonly TokenValidationParameters? rules;
    private readonly IssuerKeys? keys;
    private readonly ILogger<OidcTokens> logger;

    public OidcTokens(IOptions<IdentityOptions> identity, IHttpClientFactory clients, TimeProvider clock, ILogger<OidcTokens> logger)
    {
        (options, this.logger) = (identity.Value.Oidc, logger);
        if (options.Issuer is not { } issuer)
            return;
        keys = new IssuerKeys(issuer, clients, clock, logger);
        rules = new TokenValidationParameters
        {
            ValidIssuer = issuer.OriginalString,
            ValidAudience = options.Audience,
            ValidAlgorithms = Algorithms,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = TimeSpan.FromSeconds(options.ClockSkewSeconds),
        };
    }

    /// <summary>An issuer is configured.</summary>
    public bool Enabled => rules is not null;

    /// <summary>Three parts with dots between them, as RFC 7515 writes a signed token.</summary>
    public static bool LooksLikeOne(ReadOnlySpan<char> text) => text.Count('.') == 2;

    /// <summary>The person; null when the token is not good.</summary>
    /// <exception cref="PlaneException">503: the issuer's keys cannot be fetched.</exception>
    public async Task<OidcPerson?> ValidateAsync(string token, CancellationToken ct)
    {
        var known = await keys!.GetAsync(ct);
        var result = await ValidateAsync(token, known);
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException && await keys.NewerThanAsync(known, ct) is var newer && newer != known)
            result = await ValidateAsync(token, newer);

        if (!result.IsValid)
        {
            Log.Refused(logger, result.Exception?.GetType().Name ?? "unknown");
            return null;
        }

        var name = result.ClaimsIdentity.FindFirst(options.NameClaim)?.Value;
        if (string.IsNullOrEmpty(name))
        {
            Log.Refused(logger, $"no claim {options.NameClaim}");
            return null;
        }

        var groups = result.ClaimsIdentity.FindAll(options.GroupsClaim).Take(MaxGroups).Select(claim => claim.Value).ToList();
        var expires = new DateTimeOffset(result.SecurityToken.ValidTo, TimeSpan.Zero).AddSeconds(options.ClockSkewSeconds);
        return new OidcPerson(name, groups, options.AdminGroup is { Length: > 0 } admin && groups.Contains(admin), expires.ToUnixTimeMilliseconds());
    }

    private Task<TokenValidationResult> ValidateAsync(string token, IssuerKeys.Known known)
    {
        var now = rules!.Clone();
        now.IssuerSigningKeys = known.Keys;
        return handler.ValidateTokenAsync(token, now);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "A token of the identity provider was refused: {Reason}")]
        public static partial void Refused(ILogger logger, string reason);
    }
}
