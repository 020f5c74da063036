using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MlopsPlane.Primitives;

namespace MlopsPlane.Web.Identity.Credentials;

/// <summary>Wakes the watch at once where the change was made in this process.</summary>
public sealed class IdentitySignal : WakeSignal;

/// <summary>
/// Asks Access twice a second whether anything has changed, so that a revoked key is refused within two seconds
/// everywhere, and tells it from time to time which keys were used.
/// </summary>
internal sealed partial class IdentityWatch(
    IIdentitySource source, IdentityCache cache, IdentitySignal signal, TimeProvider clock, IdentityMetrics metrics, ILogger<IdentityWatch> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan UseInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(2);

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
                await ReportAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure)
            {
                metrics.WatchFailed();
                // Once for each outage: it is tried twice a second.
                if (!failing)
                    Log.Failed(logger, failure);
                failing = true;
            }
        }

        await ReportAtStopAsync();
    }

    private async Task ReportAsync(CancellationToken ct)
    {
        if (cache.TakeUses() is not { Count: > 0 } uses)
            return;
        try
        {
            await source.ReportUseAsync(uses, ct);
        }
        catch
        {
            cache.GiveBack(uses);
            throw;
        }
    }

    /// <summary>A key that was used in the last seconds must not look as if it never was.</summary>
    private async Task ReportAtStopAsync()
    {
        using var bound = new CancellationTokenSource(LastWord);
        try
        {
            await ReportAsync(bound.Token);
        }
        catch (Exception failure)
        {
            metrics.WatchFailed();
            Log.NotTold(logger, failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Changes of keys and grants cannot be read; known callers are served for five minutes")]
        public static partial void Failed(ILogger logger, Exception failure);

        [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Which keys were used in the last seconds could not be told to Access")]
        public static partial void NotTold(ILogger logger, Exception failure);
    }
}
