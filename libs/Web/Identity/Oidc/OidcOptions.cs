namespace MlopsPlane.Web.Identity.Oidc;

/// <summary>Section <c>Identity:Oidc</c>: an OpenID Connect issuer whose tokens are accepted.</summary>
public sealed class OidcOptions
{
    /// <summary>Address of the issuer, as its tokens name it; its discovery document lies below it.</summary>
    public Uri? Issuer { get; set; }

    /// <summary>Audience that a token must name.</summary>
    public string? Audience { get; set; }

    /// <summary>Claim that names the member; it must be one that people cannot choose for themselves.</summary>
    public string NameClaim { get; set; } = "sub";

    /// <summary>Claim that lists groups; grants to <c>group:NAME</c> hold for their members.</summary>
    public string GroupsClaim { get; set; } = "groups";

    /// <summary>Group whose members may do everything, also before anybody made a grant.</summary>
    public string? AdminGroup { get; set; }

    /// <summary>Seconds by which clocks may differ, 0 to 300.</summary>
    public int ClockSkewSeconds { get; set; } = 30;
}
