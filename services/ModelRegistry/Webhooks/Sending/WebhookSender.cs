using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MlopsPlane.ModelRegistry.Webhooks.Sending;

/// <summary>
/// Sends what is due, webhook by webhook in turn. What waits lies in the database and only what is under way in memory, so
/// any number of replicas share the work and none loses any.
/// </summary>
internal sealed partial class WebhookSender(
    IServiceScopeFactory scopes, WebhookSignal signal, WebhookMetrics metrics, IOptions<WebhookOptions> options, ILogger<WebhookSender> logger)
    : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);

    /// <summary>How much longer than an attempt can last its delivery stays taken.</summary>
    private static readonly TimeSpan LeaseMargin = TimeSpan.FromSeconds(10);

    /// <summary>How long a stop waits for the attempts under way, within the host's own bound.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(12);

    private readonly DeliverySlots slots = new(options.Value.Concurrency, options.Value.ConcurrencyPerWebhook);
    private readonly ConcurrentDictionary<Task, bool> running = new();
    private string lastServed = "";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var abandon = new CancellationTokenSource();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (slots.Free > 0 && await StartDueAsync(abandon.Token, stoppingToken) > 0)
                    continue;
                await signal.WaitAsync(Poll, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure)
            {
                metrics.RoundFailed("sender");
                Log.RoundFailed(logger, failure);
                await Task.Delay(AfterFailure, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        // A request that is cut off may have been obeyed already, and would be sent once more.
        await Task.WhenAll(running.Keys).WaitAsync(Farewell, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await abandon.CancelAsync();
    }

    /// <summary>Begins what is due and has room; returns how many attempts that were.</summary>
    private async Task<int> StartDueAsync(CancellationToken abandon, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var claims = scope.ServiceProvider.GetRequiredService<DeliveryClaims>();
        var (busy, full) = (slots.BusyWebhooks(), slots.FullWorkspaces());
        var due = await claims.DueAsync(lastServed, busy, full, slots.Free, ct);
        if (due.Count == 0 && lastServed.Length > 0)
        {
            lastServed = "";
            due = await claims.DueAsync(lastServed, busy, full, slots.Free, ct);
        }

        var lease = TimeSpan.FromSeconds(options.Value.TimeoutSeconds) + LeaseMargin;
        var started = 0;
        foreach (var webhook in due)
        {
            lastServed = webhook.WebhookId;
            var room = slots.RoomFor(webhook);
            if (room == 0)
                continue;
            foreach (var claim in await claims.TakeAsync(webhook.WebhookId, room, lease, ct))
            {
                Start(webhook, claim, abandon);
                started++;
            }
        }

        return started;
    }

    private void Start(DueWebhook webhook, Claim claim, CancellationToken abandon)
    {
        slots.Take(webhook);
        var attempt = Task.Run(() => AttemptAsync(webhook, claim, abandon), CancellationToken.None);
        running[attempt] = true;
        _ = attempt.ContinueWith(done => running.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private async Task AttemptAsync(DueWebhook webhook, Claim claim, CancellationToken abandon)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<DeliveryAttempt>().RunAsync(webhook.WebhookId, claim, abandon);
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested)
        {
            // Its lease ends, and somebody attempts it again.
        }
        catch (Exception failure)
        {
            metrics.RoundFailed("attempt");
            Log.AttemptFailed(logger, failure, claim.DeliveryId);
        }
        finally
        {
            slots.Release(webhook);
            signal.Wake();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "A round of the webhooks' sender failed and will be repeated")]
        public static partial void RoundFailed(ILogger logger, Exception failure);

        [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "What came of delivery {DeliveryId} could not be written down; it will be attempted again")]
        public static partial void AttemptFailed(ILogger logger, Exception failure, string deliveryId);
    }
}
