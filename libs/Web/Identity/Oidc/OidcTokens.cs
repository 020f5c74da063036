using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
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
    private readonly ConfigurationManager<OpenIdConnectConfiguration>? keys;
    private readonly ILogger<OidcTokens> logger;

    public OidcTokens(IOptions<IdentityOptions> identity, IHttpClientFactory clients, ILogger<OidcTokens> logger)
    {
        (options, this.logger) = (identity.Value.Oidc, logger);
        if (options.Issuer is not { } issuer)
            return;
        var discovery = new Uri(issuer.AbsoluteUri.TrimEnd('/') + "/.well-known/openid-configuration");
        keys = new ConfigurationManager<OpenIdConnectConfiguration>(
            discovery.AbsoluteUri, new OpenIdConnectConfigurationRetriever(),
            new HttpDocumentRetriever(clients.CreateClient(ClientName)) { RequireHttps = !issuer.IsLoopback })
        {
            // An unknown key id asks for the set again, but a flood of invented ones must not flood the issuer.
            RefreshInterval = TimeSpan.FromSeconds(5),
        };
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
        var result = await ValidateOnceAsync(token, ct);
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            keys!.RequestRefresh();
            result = await ValidateOnceAsync(token, ct);
        }

        if (!result.IsValid)
        {
            Log.Refused(logger, result.Exception?.GetType().Name ?? "unknown");
            return null;
        }

        var name = result.ClaimsIdentity.FindFirst(options.NameClaim)?.Value;
        if (string.IsNullOrEmpty(name) || name.Length > 256)
            return null;
        var groups = result.ClaimsIdentity.FindAll(options.GroupsClaim).Take(MaxGroups).Select(claim => claim.Value).ToList();
        var expires = new DateTimeOffset(result.SecurityToken.ValidTo, TimeSpan.Zero).AddSeconds(options.ClockSkewSeconds);
        return new OidcPerson(name, groups, options.AdminGroup is { Length: > 0 } admin && groups.Contains(admin), expires.ToUnixTimeMilliseconds());
    }

    private async Task<TokenValidationResult> ValidateOnceAsync(string token, CancellationToken ct)
    {
        OpenIdConnectConfiguration known;
        try
        {
            known = await keys!.GetConfigurationAsync(ct);
        }
        catch (InvalidOperationException failure)
        {
            throw PlaneError.Unavailable("identity_provider_unavailable", "The identity provider does not answer.").ToException(failure);
        }

        var now = rules!.Clone();
        now.IssuerSigningKeys = known.SigningKeys;
        return await handler.ValidateTokenAsync(token, now);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "A token of the identity provider was refused: {Reason}")]
        public static partial void Refused(ILogger logger, string reason);
    }
}
