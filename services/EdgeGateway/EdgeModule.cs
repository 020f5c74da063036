using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MlopsPlane.EdgeGateway.Configuration;
using MlopsPlane.EdgeGateway.Errors;
using MlopsPlane.EdgeGateway.Forwarding;
using MlopsPlane.EdgeGateway.Joined;
using MlopsPlane.EdgeGateway.Joined.Events;
using MlopsPlane.EdgeGateway.Joined.OpenApi;
using MlopsPlane.EdgeGateway.Limits;
using MlopsPlane.EdgeGateway.Log;
using MlopsPlane.Hosting;
using MlopsPlane.Hosting.Startup;
using MlopsPlane.Mlflow;
using MlopsPlane.Web.Errors;
using MlopsPlane.Web.Identity;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;

namespace MlopsPlane.EdgeGateway;

/// <summary>The edge as a host sees it: in front of all services, the only address that clients know.</summary>
public sealed class EdgeModule : IPlaneModule
{
    public const string ServiceName = "edge";

    /// <summary>How long a connection to a replica may take to come about.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    public string Name => ServiceName;

    public bool HasApi => false;

    public void AddServices(WebApplicationBuilder builder, ModuleContext context)
    {
        var services = builder.Services;
        var options = builder.Configuration.GetSection("Edge").Get<EdgeOptions>() ?? new EdgeOptions();
        if (EdgeRules.FaultsOf(options) is { Count: > 0 } faults)
            throw new StartRefusedException(string.Join('\n', faults));
        services.AddOptions<EdgeOptions>().BindConfiguration("Edge");
        services.AddMlflowProtocol();
        services.AddSingleton<IErrorShape, OpenAiErrorShape>();
        services.AddSingleton<IErrorShape, InferenceErrorShape>();
        services.AddSingleton<IErrorShape, ScoringErrorShape>();
        services.AddSingleton<IErrorShape, GrpcErrorShape>();
        services.AddSingleton<EdgeMetrics>();
        services.AddHealthChecks().AddCheck<ReplicaCheck>("replicas", tags: ["ready"]);
        services.AddSingleton<RequestLimiter>();
        services.AddHttpClient(ServiceClient.Name, client => client.Timeout = ServiceClient.Timeout);
        services.AddSingleton<ServiceClient>();
        services.AddSingleton<RequestLines>();
        services.AddSingleton<IStartupFilter, RequestLog>();
        services.AddHostedService(provider => provider.GetRequiredService<RequestLines>());
        services.AddSingleton<IProxyConfigProvider, ProxyConfigSource>();
        var keys = services.AddDataProtection().SetApplicationName("MlopsPlane.Edge");
        if (options.KeyFolder is { Length: > 0 } folder)
            keys.PersistKeysToFileSystem(new DirectoryInfo(folder));
        services.AddReverseProxy().AddTransforms<ForwardTransform>()
            .ConfigureHttpClient((_, handler) => handler.ConnectTimeout = ConnectTimeout);
        Listening.Configure(builder, options);
    }

    public void MapEndpoints(IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        services.GetRequiredService<EdgeMetrics>().ShowReplicas(services.GetRequiredService<IProxyStateLookup>());
        var own = routes.MapGroup("").WithGroupName(PlaneHost.OwnApi);
        own.MapJoinedEvents();
        own.MapJoinedOpenApi();
        // Who may do what, the services judge: only they know the resource.
        routes.MapReverseProxy(proxy =>
        {
            proxy.UseMiddleware<LimitStep>();
            proxy.UseMiddleware<QuietStreams>();
            proxy.UseMiddleware<SafeRetry>();
            proxy.UseSessionAffinity();
            proxy.UseLoadBalancing();
            proxy.UsePassiveHealthChecks();
        }).Requires(AccessPolicy.Anyone);
    }
}
