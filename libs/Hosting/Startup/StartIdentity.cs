using Microsoft.Extensions.Configuration;
using MlopsPlane.Web.Guards;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Hosting.Startup;

/// <summary>Decides at the start whom the process asks for what, and refuses a start that would leave it open.</summary>
internal static class StartIdentity
{
    /// <exception cref="StartRefusedException">Other machines would reach a process that nothing protects, or a setting is wrong.</exception>
    public static IdentityMode ModeOf(IConfiguration configuration, PlaneHostOptions options)
    {
        // Kestrel's own section adds to what it listens on, and must not open a process that is closed otherwise.
        var urls = string.Join(';', configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"])
            .Prepend(configuration[GrpcListening.Key]).Prepend(configuration["urls"] ?? PlaneHost.DefaultUrl).OfType<string>());
        var loopback = LoopbackRule.OnlyLoopback(urls, out var wrong);
        if (wrong is not null)
            throw new StartRefusedException($"--urls: '{wrong}' is not an address such as {PlaneHost.DefaultUrl}.");
        var identity = configuration.GetSection("Identity").Get<IdentityOptions>() ?? new IdentityOptions();
        if (IdentityRules.Refusal(identity) is { } refusal)
            throw new StartRefusedException(refusal);
        var hasSecret = IdentityRules.HasClusterSecret(identity);
        if (!options.Embedded && !options.Edge && hasSecret)
            return IdentityMode.Tokens;
        if (options.Edge && !hasSecret)
            throw new StartRefusedException("Identity:ClusterSecret (or Identity:ClusterSecretFile) must be set: the services believe the edge by it.");
        if (identity.Required ?? (options.Edge || (options.Embedded && !loopback)))
            return options.Embedded || options.Edge
                ? IdentityMode.Credentials
                : throw new StartRefusedException("Identity:Required: a service of its own is protected by Identity:ClusterSecret, which is not set.");
        return loopback
            ? IdentityMode.Local
            : throw new StartRefusedException(options.Embedded || options.Edge
                ? "Identity:Required is false, but --urls names an address that other machines reach."
                : $"--urls: '{urls}' is reachable from other machines, which needs Identity:ClusterSecret, and none is configured.");
    }
}
