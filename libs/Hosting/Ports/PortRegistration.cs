using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using MlopsPlane.Contracts.Access;
using MlopsPlane.Contracts.ExperimentTracker;
using MlopsPlane.Contracts.ModelRegistry;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Hosting.Ports;

internal static class PortRegistration
{
    /// <summary>HTTP adapters for every port that no module of this process answers itself; called after the modules.</summary>
    /// <param name="modules">Names of the modules of this process.</param>
    public static void AddPortsToPeers(this IServiceCollection services, IReadOnlySet<string> modules)
    {
        services.AddOptions<PeerOptions>().BindConfiguration("Services");
        services.AddHttpClient(PeerClient.Name, client => client.Timeout = PeerClient.Timeout);
        services.AddSingleton(new PeerIdentity(modules.Order(StringComparer.Ordinal).FirstOrDefault() ?? "edge"));
        services.TryAddSingleton<PeerClient>();
        services.TryAddSingleton<IIdentitySource, HttpIdentitySource>();
        services.TryAddSingleton<IRunFacts, HttpRunFacts>();
        services.TryAddSingleton<IModelFacts, HttpModelFacts>();
        services.TryAddSingleton<IWorkspaceDirectory, HttpWorkspaceDirectory>();
        if (!modules.Contains("tracker"))
            services.AddContents("Tracker", peers => peers.Tracker, "api/v1/tracking/facts/contents");
        if (!modules.Contains("registry"))
            services.AddContents("Registry", peers => peers.Registry, "api/v1/registry/facts/contents");
        if (!modules.Contains("inference"))
            services.AddContents("Inference", peers => peers.Inference, "api/v1/serving/facts/contents");
    }

    private static void AddContents(this IServiceCollection services, string peer, Func<PeerOptions, string?> address, string path) =>
        services.AddSingleton<IWorkspaceContents>(provider => new HttpWorkspaceContents(
            provider.GetRequiredService<PeerClient>(), peer, address(provider.GetRequiredService<IOptions<PeerOptions>>().Value), path));
}
