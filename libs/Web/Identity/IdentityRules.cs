using MlopsPlane.Web.Identity.Tokens;

namespace MlopsPlane.Web.Identity;

/// <summary>What settings of the section <c>Identity</c> must be like.</summary>
public static class IdentityRules
{
    /// <summary>The process shares a secret with the other processes of the product.</summary>
    public static bool HasClusterSecret(IdentityOptions options) =>
        !string.IsNullOrEmpty(options.ClusterSecret) || !string.IsNullOrEmpty(options.ClusterSecretFile);

    /// <summary>What is wrong with the settings; null when nothing is.</summary>
    public static string? Refusal(IdentityOptions options)
    {
        if (ClusterKeys.Refusal(options) is { } secret)
            return secret;
        var oidc = options.Oidc;
        if (oidc.Issuer is not { } issuer)
            return null;
        if (!issuer.IsAbsoluteUri || (issuer.Scheme != Uri.UriSchemeHttps && !issuer.IsLoopback))
            return "Identity:Oidc:Issuer must be an https address.";
        if (string.IsNullOrEmpty(oidc.Audience))
            return "Identity:Oidc:Audience must be set: tokens for other applications of the issuer must not be good here.";
        return oidc.ClockSkewSeconds is < 0 or > 300 ? "Identity:Oidc:ClockSkewSeconds must be between 0 and 300." : null;
    }
}
