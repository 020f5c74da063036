using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MlopsPlane.Messaging.RabbitMq;
using MlopsPlane.Storage.Databases;
using RabbitMQ.Client;

namespace MlopsPlane.Messaging.Outbox;

/// <summary>
/// The carrier between processes: takes rows of one service's outbox under a short lease, publishes them with many
/// confirms in flight, and deletes what the broker confirmed. Every replica runs one.
/// </summary>
internal sealed partial class OutboxRelay<TDb>(
    string service, PlaneDatabase database, OutboxSignal signal, BrokerLink link, BrokerAddress address, IServiceScopeFactory scopes,
    TimeProvider clock, MessagingMetrics metrics, ILogger<OutboxRelay<TDb>> logger) : BackgroundService
    where TDb : PlaneDb
{
    /// <summary>Rows of one claim; as many batches as <see cref="BatchesAtOnce"/> are under way.</summary>
    private const int BatchSize = 250;
    private const int BatchesAtOnce = 4;

    /// <summary>For leftovers of other replicas, and pauses that end.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FaultPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim slots = new(BatchesAtOnce, BatchesAtOnce);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        signal.Stall(true);
        if (!address.IsSet)
            return;
        var outbox = new RelayStatements((PostgresDatabase)database);
        var sender = new RelaySender<TDb>(service, outbox, scopes, clock, metrics, logger);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var channel = await link.OpenAsync().WaitAsync(stoppingToken);
                signal.Stall(false);
                await RelayAsync(outbox, sender, channel, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure)
            {
                metrics.Failed(service);
                Log.RoundFailed(logger, failure, service);
            }

            signal.Stall(true);
            await Task.Delay(FaultPause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // What is under way is confirmed or let go within its own bound; its leases would end by themselves.
        for (var i = 0; i < BatchesAtOnce; i++)
            await slots.WaitAsync(RelaySender<TDb>.Bound, CancellationToken.None);
    }

    /// <summary>The relay needs row locks and leases; a cluster runs on PostgreSQL.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (address.IsSet && database is not PostgresDatabase)
            throw new InvalidOperationException("Messaging:RabbitMq needs Storage:Provider Postgres: the relay cannot share a SQLite file.");
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        slots.Dispose();
        base.Dispose();
    }

    /// <summary>Relays over one channel until it closes.</summary>
    private async Task RelayAsync(RelayStatements outbox, RelaySender<TDb> sender, IChannel channel, CancellationToken ct)
    {
        var rounds = new List<TaskCompletionSource>();
        try
        {
            while (channel.IsOpen)
            {
                rounds.Add(signal.BeginRound());
                await slots.WaitAsync(ct);
                var handedOn = false;
                try
                {
                    var (lease, now) = (Guid.CreateVersion7(), clock.GetUtcNow());
                    var claimed = await outbox.ClaimAsync(lease, now.ToUnixTimeMilliseconds(), (now + Lease).ToUnixTimeMilliseconds(), BatchSize, ct);
                    if (claimed.Count > 0)
                    {
                        handedOn = true;
                        _ = SendAsync(sender, channel, lease, claimed);
                        continue;
                    }
                }
                finally
                {
                    if (!handedOn)
                        slots.Release();
                }

                if (slots.CurrentCount == BatchesAtOnce)
                    Complete(rounds);
                await signal.WaitAsync(Poll, ct);
            }
        }
        finally
        {
            Complete(rounds);
        }
    }

    private async Task SendAsync(RelaySender<TDb> sender, IChannel channel, Guid lease, List<ClaimedMessage> claimed)
    {
        try
        {
            await sender.SendAsync(channel, lease, claimed);
        }
        catch (Exception failure)
        {
            metrics.Failed(service);
            Log.RoundFailed(logger, failure, service);
        }
        finally
        {
            slots.Release();
            // What waited behind these rows is free now.
            signal.Wake();
        }
    }

    private static void Complete(List<TaskCompletionSource> rounds)
    {
        foreach (var round in rounds)
            round.TrySetResult();
        rounds.Clear();
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "A round of the relay of {Service} failed; what it held is taken again when its lease ends")]
        public static partial void RoundFailed(ILogger logger, Exception failure, string service);
    }
}
