namespace MlopsPlane.Web.Identity;

/// <summary>Section <c>Identity</c>: who may talk to the product.</summary>
public sealed class IdentityOptions
{
    /// <summary>
    /// Ask every request for a key or token. Without a value: on addresses that other machines reach, and always at the edge.
    /// </summary>
    public bool? Required { get; set; }

    /// <summary>
    /// Secret that the edge and the services share, at least 32 characters; a service that has it accepts only the edge's
    /// tokens and those of its peers.
    /// </summary>
    public string? ClusterSecret { get; set; }

    /// <summary>File of such secrets, one a line: the first signs, all are accepted. Read again when it changes.</summary>
    public string? ClusterSecretFile { get; set; }

    /// <summary>Bearer token with which a scraper reads <c>/metrics</c> of a process behind the edge.</summary>
    public string? ScrapeKey { get; set; }

    /// <summary>The identity provider of people.</summary>
    public OidcOptions Oidc { get; } = new();
}

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
