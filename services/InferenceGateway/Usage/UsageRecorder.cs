using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MlopsPlane.Contracts.InferenceGateway.V1;
using MlopsPlane.InferenceGateway.Converging;
using MlopsPlane.InferenceGateway.Loading;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.InferenceGateway.Usage;

/// <summary>Publishes once a minute what was used; what cannot be stored now goes with the next minute's.</summary>
internal sealed partial class UsageRecorder(
    UsageMeter meter, ReplicaIdentity identity, IServiceScopeFactory scopes, [FromKeyedServices(InferenceModule.ServiceName)] OutboxSignal outbox,
    IOptions<ServingOptions> options, InferenceMetrics metrics, TimeProvider clock, ILogger<UsageRecorder> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var from = clock.GetUtcNow();
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(options.Value.UsageSeconds), clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            from = await RecordAsync(from, CancellationToken.None);
        }
    }

    /// <returns>Where the next time begins.</returns>
    private async Task<DateTimeOffset> RecordAsync(DateTimeOffset from, CancellationToken ct)
    {
        var (to, taken) = (clock.GetUtcNow(), meter.Take());
        if (taken.Count == 0)
            return to;
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<InferenceDb>();
            await db.WriteAsync(async token =>
            {
                foreach (var (key, tally) in taken)
                    await db.PublishAsync(FactOf(key, tally, from, to), clock, token);
            }, ct);
            outbox.Wake();
            return to;
        }
        catch (Exception failure)
        {
            meter.Return(taken);
            metrics.LoopFailed();
            Log.NotRecorded(logger, failure);
            return from;
        }
    }

    private ServingUsageRecorded FactOf(UsageMeter.Key key, UsageMeter.Tally tally, DateTimeOffset from, DateTimeOffset to) => new(
        key.Workspace, key.Deployment, key.Variant, key.Model, key.Version, key.Shadow, identity.Id, key.Device, from, to,
        tally.Requests, tally.Failed, tally.Items, tally.ComputeSeconds, tally.InputBytes, tally.OutputBytes);

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Usage could not be recorded; it goes with the next minute's")]
        public static partial void NotRecorded(ILogger logger, Exception failure);
    }
}
