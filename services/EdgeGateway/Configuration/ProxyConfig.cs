using System.Globalization;
using MlopsPlane.Hosting;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.SessionAffinity;

namespace MlopsPlane.EdgeGateway.Configuration;

/// <summary>The product's settings in YARP's terms.</summary>
internal static class ProxyConfig
{
    /// <summary>Key of the cluster's metadata that names the module whose tokens the service takes.</summary>
    public const string Module = "Module";

    private const string AffinityCookie = "plane-replica";

    public static RouteConfig RouteOf(string name, RouteOptions route) => new()
    {
        RouteId = name,
        ClusterId = route.Affinity ? AffineOf(route.Service!) : route.Service!.ToLowerInvariant(),
        Order = route.Order,
        Match = new RouteMatch { Path = route.Path, Methods = route.Methods.Count == 0 ? null : [.. route.Methods] },
        MaxRequestBodySize = route.MaxBodyBytes ?? RequestLimits.DefaultBodyBytes,
    };

    /// <summary>Name of the cluster with affinity beside the one without: YARP knows affinity by cluster.</summary>
    public static string AffineOf(string service) => service.ToLowerInvariant() + "+affinity";

    public static IEnumerable<ClusterConfig> ClustersOf(string name, EdgeOptions options)
    {
        var plain = ClusterOf(name, options);
        yield return plain;
        if (options.Routes.Values.Any(route => route.Affinity && string.Equals(route.Service, name, StringComparison.OrdinalIgnoreCase)))
            yield return plain with
            {
                ClusterId = AffineOf(name),
                SessionAffinity = new SessionAffinityConfig
                {
                    Enabled = true, Policy = SessionAffinityConstants.Policies.Cookie, AffinityKeyName = AffinityCookie,
                    FailurePolicy = SessionAffinityConstants.FailurePolicies.Redistribute,
                    Cookie = new SessionAffinityCookieConfig { HttpOnly = true, SameSite = Microsoft.AspNetCore.Http.SameSiteMode.Strict },
                },
            };
    }

    private static ClusterConfig ClusterOf(string name, EdgeOptions options)
    {
        var service = options.Services.TryGetValue(name, out var known) ? known : new ServiceOptions();
        return new ClusterConfig
        {
            ClusterId = name.ToLowerInvariant(),
            LoadBalancingPolicy = LoadBalancingPolicies.LeastRequests,
            Destinations = service.Addresses.ToDictionary(
                address => address.Authority, address => new DestinationConfig { Address = address.AbsoluteUri }, StringComparer.OrdinalIgnoreCase),
            HttpRequest = new ForwarderRequestConfig
            {
                ActivityTimeout = TimeSpan.FromSeconds(options.IdleSeconds),
                Version = service.Http2 ? System.Net.HttpVersion.Version20 : System.Net.HttpVersion.Version11,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            },
            HealthCheck = HealthOf(options),
            Metadata = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [Module] = service.Module ?? name.ToLowerInvariant(),
                [ConsecutiveFailuresHealthPolicyOptions.ThresholdMetadataName] = 2.ToString(CultureInfo.InvariantCulture),
                [TransportFailureRateHealthPolicyOptions.FailureRateLimitMetadataName] = "0.5",
            },
        };
    }

    /// <summary>Replicas that say they are not ready get nothing; when none is ready all are tried, because the looks may be what fails.</summary>
    private static HealthCheckConfig HealthOf(EdgeOptions options) => new()
    {
        AvailableDestinationsPolicy = HealthCheckConstants.AvailableDestinations.HealthyOrPanic,
        Active = new ActiveHealthCheckConfig
        {
            Enabled = true, Path = "/readyz", Policy = HealthCheckConstants.ActivePolicy.ConsecutiveFailures,
            Interval = TimeSpan.FromSeconds(options.HealthSeconds), Timeout = TimeSpan.FromSeconds(2),
        },
        Passive = new PassiveHealthCheckConfig
        {
            Enabled = true, Policy = HealthCheckConstants.PassivePolicy.TransportFailureRate, ReactivationPeriod = TimeSpan.FromSeconds(5),
        },
    };
}
