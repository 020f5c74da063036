using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Outbound;

namespace MlopsPlane.InferenceGateway.External;

internal static class ExternalServices
{
    private const int MaxConnections = 256;
    private static readonly TimeSpan KeepConnections = TimeSpan.FromMinutes(2);

    /// <summary>What loads and calls variants that are other servers.</summary>
    public static IServiceCollection AddExternalServers(this IServiceCollection services)
    {
        services.AddOptions<ExternalOptions>().BindConfiguration("Serving");
        services.AddSingleton<ExternalAddresses>().AddSingleton<ExternalLoader>();
        services.AddKeyedSingleton(ExternalServer.ClientName, (provider, _) => Rule(provider));
        services.AddHttpClient(ExternalServer.ClientName, client =>
        {
            client.Timeout = Timeout.InfiniteTimeSpan;
            client.DefaultRequestHeaders.UserAgent.ParseAdd("MlopsPlane-Inference/1");
        }).RemoveAllLoggers().SetHandlerLifetime(Timeout.InfiniteTimeSpan).ConfigurePrimaryHttpMessageHandler(provider => new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // A proxy would look names up itself, after every check that is made here.
            UseProxy = false,
            ConnectTimeout = ExternalServer.ConnectWithin,
            PooledConnectionLifetime = KeepConnections,
            MaxConnectionsPerServer = MaxConnections,
            MaxResponseHeadersLength = 32,
            ConnectCallback = new GuardedConnection(provider.GetRequiredKeyedService<AddressRule>(ExternalServer.ClientName)).OpenAsync,
        });
        return services;
    }

    private static AddressRule Rule(IServiceProvider provider)
    {
        IEnumerable<string> allowed = provider.GetRequiredService<IOptions<ExternalOptions>>().Value.ExternalHosts;
        // Whoever calls such a process is on this machine, and reaches what is there without it.
        return new AddressRule([.. provider.GetRequiredService<IAuthenticator>() is LocalAuthenticator ? allowed.Concat(["127.0.0.0/8", "::1"]) : allowed]);
    }
}
