using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MlopsPlane.Primitives;

namespace MlopsPlane.Web.Identity.Credentials;

/// <summary>Wakes the watch at once where the change was made in this process.</summary>
public sealed class IdentitySignal : WakeSignal;

/// <summary>
/// Asks Access every second whether anything has changed, so that a revoked key is refused within two seconds
/// everywhere, and tells it from time to time which keys were used.
/// </summary>
internal sealed partial class IdentityWatch(
    IIdentitySource source, IdentityCache cache, IdentitySignal signal, TimeProvider clock, IdentityMetrics metrics, ILogger<IdentityWatch> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan UseInterval = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (version, failing, reported) = (-1L, false, clock.GetTimestamp());
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await signal.WaitAsync(Interval, stoppingToken);
                var current = await source.VersionAsync(stoppingToken);
                if (current != version)
                    cache.Forget();
                (version, failing) = (current, false);
                cache.Confirm();
                if (clock.GetElapsedTime(reported) < UseInterval)
                    continue;
                reported = clock.GetTimestamp();
                if (cache.TakeUses() is { Count: > 0 } uses)
                    await source.ReportUseAsync(uses, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                metrics.WatchFailed();
                // Once for each outage: it is tried every second.
                if (!failing)
                    Log.Failed(logger, failure);
                failing = true;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Changes of keys and grants cannot be read; known callers are served for five minutes")]
        public static partial void Failed(ILogger logger, Exception failure);
    }
}
