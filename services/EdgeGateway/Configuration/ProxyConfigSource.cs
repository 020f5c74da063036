using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Configuration;

namespace MlopsPlane.EdgeGateway.Configuration;

/// <summary>Gives YARP the routes and services of the section <c>Edge</c>, and again whenever it changes. A faulty change is refused as a whole.</summary>
internal sealed partial class ProxyConfigSource : IProxyConfigProvider, IDisposable
{
    private readonly ILogger<ProxyConfigSource> logger;
    private readonly IDisposable? watching;
    private volatile Snapshot current;

    public ProxyConfigSource(IOptionsMonitor<EdgeOptions> options, ILogger<ProxyConfigSource> logger)
    {
        this.logger = logger;
        current = Snapshot.Of(options.CurrentValue);
        watching = options.OnChange(Change);
    }

    public IProxyConfig GetConfig() => current;

    public void Dispose()
    {
        watching?.Dispose();
        current.Dispose();
    }

    private void Change(EdgeOptions options)
    {
        if (EdgeRules.FaultsOf(options) is { Count: > 0 } faults)
        {
            Log.Refused(logger, string.Join(' ', faults));
            return;
        }

        var previous = current;
        current = Snapshot.Of(options);
        previous.Supersede();
        Log.Changed(logger, current.Routes.Count, current.Clusters.Count);
    }

    private sealed class Snapshot : IProxyConfig, IDisposable
    {
        private readonly CancellationTokenSource superseded = new();

        private Snapshot(IReadOnlyList<RouteConfig> routes, IReadOnlyList<ClusterConfig> clusters)
        {
            (Routes, Clusters) = (routes, clusters);
            ChangeToken = new CancellationChangeToken(superseded.Token);
        }

        public IReadOnlyList<RouteConfig> Routes { get; }

        public IReadOnlyList<ClusterConfig> Clusters { get; }

        public IChangeToken ChangeToken { get; }

        public static Snapshot Of(EdgeOptions options) => new(
            [.. options.Routes.Where(route => !string.IsNullOrEmpty(route.Value.Service)).Select(route => ProxyConfig.RouteOf(route.Key, route.Value))],
            [.. ServicesOf(options).SelectMany(name => ProxyConfig.ClustersOf(name, options))]);

        public void Supersede() => superseded.Cancel();

        public void Dispose() => superseded.Dispose();

        /// <summary>Those that routes name too: one without an address answers 503 until it gets one.</summary>
        private static IEnumerable<string> ServicesOf(EdgeOptions options) => options.Routes.Values.Select(route => route.Service ?? "")
            .Where(service => service.Length > 0).Concat(options.Services.Keys).Distinct(StringComparer.OrdinalIgnoreCase);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Routes changed: {Routes} routes to {Services} services")]
        public static partial void Changed(ILogger logger, int routes, int services);

        [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "The changed routes are refused and the old ones stay: {Faults}")]
        public static partial void Refused(ILogger logger, string faults);
    }
}
