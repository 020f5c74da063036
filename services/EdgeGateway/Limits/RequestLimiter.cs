using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using MlopsPlane.EdgeGateway.Configuration;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.EdgeGateway.Limits;

/// <summary>A token bucket for each identity and each workspace, for reads and writes apart.</summary>
internal sealed class RequestLimiter : IDisposable
{
    private readonly IDisposable? watching;
    private volatile Buckets buckets;

    public RequestLimiter(IOptionsMonitor<EdgeOptions> options, EdgeMetrics metrics)
    {
        buckets = new Buckets(options.CurrentValue.Limits);
        metrics.ShowLimits(() => buckets.Shown);
        watching = options.OnChange(changed =>
        {
            // A change of anything else must not hand out fresh buckets.
            if (EdgeRules.FaultsOf(changed).Count == 0 && !Buckets.ShownOf(changed.Limits).SequenceEqual(buckets.Shown))
                buckets = new Buckets(changed.Limits);
        });
    }

    /// <summary>Which limit the request goes over; null when it may pass.</summary>
    public string? Judge(HttpContext http)
    {
        var now = buckets;
        var (identity, workspace) = Writes(http.Request) ? (now.IdentityWrites, now.WorkspaceWrites) : (now.IdentityReads, now.WorkspaceReads);
        if (identity is not null && !Passes(identity, http.Caller().Name))
            return "identity";
        return workspace is not null && !Passes(workspace, http.Workspace()) ? "workspace" : null;
    }

    public void Dispose()
    {
        watching?.Dispose();
        buckets.Dispose();
    }

    /// <summary>Searches of MLflow are POSTs, and read all the same.</summary>
    private static bool Writes(HttpRequest request) =>
        !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)
        && !(request.Path.Value is { } path && path.EndsWith("/search", StringComparison.Ordinal));

    private static bool Passes(PartitionedRateLimiter<string> limiter, string key)
    {
        using var lease = limiter.AttemptAcquire(key);
        return lease.IsAcquired;
    }

    /// <param name="Scope">identity or workspace.</param>
    /// <param name="Kind">reads or writes.</param>
    public readonly record struct Limit(string Scope, string Kind, int PerSecond);

    private sealed class Buckets(LimitOptions options) : IDisposable
    {
        public readonly PartitionedRateLimiter<string>? IdentityReads = Make(options.IdentityReadsPerSecond, options);
        public readonly PartitionedRateLimiter<string>? IdentityWrites = Make(options.IdentityWritesPerSecond, options);
        public readonly PartitionedRateLimiter<string>? WorkspaceReads = Make(options.WorkspaceReadsPerSecond, options);
        public readonly PartitionedRateLimiter<string>? WorkspaceWrites = Make(options.WorkspaceWritesPerSecond, options);

        public IReadOnlyList<Limit> Shown { get; } = ShownOf(options);

        public static IReadOnlyList<Limit> ShownOf(LimitOptions options) =>
        [
            new("identity", "reads", options.IdentityReadsPerSecond ?? 0), new("identity", "writes", options.IdentityWritesPerSecond ?? 0),
            new("workspace", "reads", options.WorkspaceReadsPerSecond ?? 0), new("workspace", "writes", options.WorkspaceWritesPerSecond ?? 0),
        ];

        public void Dispose()
        {
            IdentityReads?.Dispose();
            IdentityWrites?.Dispose();
            WorkspaceReads?.Dispose();
            WorkspaceWrites?.Dispose();
        }

        private static PartitionedRateLimiter<string>? Make(int? perSecond, LimitOptions options) => perSecond is not { } rate ? null
            : PartitionedRateLimiter.Create<string, string>(key => RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
            {
                // Ten times a second, so that who waits as long as it is told finds room.
                ReplenishmentPeriod = TimeSpan.FromMilliseconds(100), TokensPerPeriod = Math.Max(1, rate / 10),
                TokenLimit = Math.Max(1, rate * options.BurstSeconds), AutoReplenishment = true,
            }), StringComparer.Ordinal);
    }
}
