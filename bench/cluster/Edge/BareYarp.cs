using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;

namespace MlopsPlane.Bench.Cluster.Edge;

/// <summary>The baseline: YARP with one route to the same two replicas and nothing else, as a process of its own.</summary>
internal static class BareYarp
{
    public const string Verb = "bare-yarp";

    public static Task RunAsync(string[] upstreams)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Logging.ClearProviders();
        builder.Services.AddReverseProxy().LoadFromMemory(
            [new RouteConfig { RouteId = "all", ClusterId = "all", Match = new RouteMatch { Path = "/{**rest}" } }],
            [new ClusterConfig { ClusterId = "all", Destinations = upstreams.ToDictionary(url => url, url => new DestinationConfig { Address = url }, StringComparer.Ordinal) }]);
        var app = builder.Build();
        app.MapReverseProxy();
        return ServedProcess.ServeAsync(app);
    }
}
