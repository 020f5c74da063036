using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MlopsPlane.Messaging.Outbox;

/// <summary>Shows how much waits in the outboxes and inboxes of this process, as gauges that are at most 15 seconds old.</summary>
internal sealed partial class OutboxMonitor : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private readonly IOutboxAdministration[] services;
    private readonly TimeProvider clock;
    private readonly ILogger<OutboxMonitor> logger;
    private volatile OutboxDepth[] depths = [];

    public OutboxMonitor(IEnumerable<IOutboxAdministration> services, IMeterFactory meters, TimeProvider clock, ILogger<OutboxMonitor> logger)
    {
        (this.services, this.clock, this.logger) = ([.. services], clock, logger);
        var meter = meters.Create("MlopsPlane.Messaging");
        Gauge(meter, "mlops_outbox_waiting", "Events that their carrier has not handed on yet.", depth => depth.Waiting);
        Gauge(meter, "mlops_outbox_parked", "Events given up after too many failures, waiting for a replay.", depth => depth.Parked);
        Gauge(meter, "mlops_inbox_gaps", "Deliveries that wait for a predecessor.", depth => depth.Gaps);
        Gauge(meter, "mlops_inbox_delayed", "Deliveries whose handler failed and that will be repeated.", depth => depth.Delayed);
        Gauge(meter, "mlops_inbox_dead", "Deliveries given up after too many failures, waiting for an operator.", depth => depth.Dead);
        meter.CreateObservableGauge("mlops_outbox_oldest_seconds", () => depths.Select(depth => new Measurement<double>(depth.OldestSeconds, Of(depth))),
            unit: "s", description: "Age of the oldest event that waits.");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var fresh = new List<OutboxDepth>(services.Length);
                foreach (var service in services)
                    fresh.Add(await service.DepthAsync(stoppingToken));
                depths = [.. fresh];
                await Task.Delay(Interval, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // An old number would look like a healthy one.
                depths = [];
                Log.Failed(logger, failure);
                await Task.Delay(Interval, clock, CancellationToken.None).WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Gauge(Meter meter, string name, string description, Func<OutboxDepth, long> value) =>
        meter.CreateObservableGauge(name, () => depths.Select(depth => new Measurement<long>(value(depth), Of(depth))), description: description);

    private static KeyValuePair<string, object?> Of(OutboxDepth depth) => new("service", depth.Service);

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "The depth of the outboxes could not be read")]
        public static partial void Failed(ILogger logger, Exception failure);
    }
}
