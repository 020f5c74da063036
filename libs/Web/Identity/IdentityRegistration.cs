using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MlopsPlane.Web.Identity.Credentials;
using MlopsPlane.Web.Identity.Oidc;
using MlopsPlane.Web.Identity.Tokens;

namespace MlopsPlane.Web.Identity;

/// <summary>How a process learns who calls it.</summary>
public enum IdentityMode
{
    /// <summary>Nobody is asked; loopback addresses only.</summary>
    Local,

    /// <summary>Clients show keys and tokens of people.</summary>
    Credentials,

    /// <summary>The edge and peers show their tokens.</summary>
    Tokens,
}

public static class IdentityRegistration
{
    /// <summary>Registers the process's authenticator, and what makes tokens for other processes.</summary>
    /// <param name="modules">Names of the modules of this process.</param>
    public static IServiceCollection AddIdentity(this IServiceCollection services, IdentityMode mode, IReadOnlySet<string> modules)
    {
        services.TryAddSingleton<IdentityMetrics>();
        services.TryAddSingleton<IdentitySignal>();
        services.AddSingleton<ClusterKeys>();
        services.AddSingleton(provider => new IdentityTokens(provider.GetRequiredService<ClusterKeys>(), provider.GetRequiredService<TimeProvider>()));
        switch (mode)
        {
            case IdentityMode.Tokens:
                services.AddSingleton<IAuthenticator>(provider => ActivatorUtilities.CreateInstance<TokenAuthenticator>(provider, modules));
                break;
            case IdentityMode.Credentials:
                services.AddHttpClient(OidcTokens.ClientName, client => client.Timeout = TimeSpan.FromSeconds(5));
                services.AddSingleton<OidcTokens>();
                services.AddSingleton<IdentityCache>();
                services.AddSingleton<CredentialAuthenticator>();
                services.AddSingleton<IAuthenticator>(provider => provider.GetRequiredService<CredentialAuthenticator>());
                services.AddSingleton<OpenStreams>();
                services.AddHostedService(provider => provider.GetRequiredService<OpenStreams>());
                services.AddHostedService<IdentityWatch>();
                break;
            default:
                services.AddSingleton<IAuthenticator, LocalAuthenticator>();
                break;
        }

        return services;
    }
}
