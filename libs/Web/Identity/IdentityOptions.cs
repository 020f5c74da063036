using MlopsPlane.Web.Identity.Oidc;

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
