using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MlopsPlane.Contracts.Access;
using MlopsPlane.Contracts.ExperimentTracker;

namespace MlopsPlane.Hosting.Ports;

internal static class PortRegistration
{
    /// <summary>HTTP adapters for every port that no module of this process answers itself; called after the modules.</summary>
    public static void AddPortsToPeers(this IServiceCollection services)
    {
        services.AddOptions<PeerOptions>().BindConfiguration("Services");
        services.AddHttpClient(PeerClient.Name, client => client.Timeout = PeerClient.Timeout);
        services.TryAddSingleton<PeerClient>();
        services.TryAddSingleton<IRunFacts, HttpRunFacts>();
        services.TryAddSingleton<IWorkspaceDirectory, HttpWorkspaceDirectory>();
    }
}
