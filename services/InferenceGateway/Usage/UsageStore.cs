using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.InferenceGateway.V1;
using MlopsPlane.InferenceGateway.Converging;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.InferenceGateway.Usage;

/// <summary>What was used between two instants; the same until it is stored.</summary>
internal sealed record UsageBatch(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<(UsageMeter.Key Key, UsageMeter.Tally Tally)> Used)
{
    public Guid Id { get; } = Guid.CreateVersion7(To);
}

/// <summary>Publishes batches of usage, each once however often it is tried: a commit may have worked whose answer was lost.</summary>
internal sealed class UsageStore(
    ReplicaIdentity identity, IServiceScopeFactory scopes, [FromKeyedServices(InferenceModule.ServiceName)] OutboxSignal outbox, TimeProvider clock)
{
    public async Task StoreAsync(UsageBatch batch, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<InferenceDb>();
        // Replicas take the counters of their events in one order.
        var facts = batch.Used.Select(used => FactOf(used.Key, used.Tally, batch)).OrderBy(fact => fact.Aggregate, StringComparer.Ordinal).ToList();
        await db.WriteAsync(async token =>
        {
            var self = db.Replicas.Where(row => row.ReplicaId == identity.Id);
            if (await self.AnyAsync(row => row.UsageBatch == batch.Id, token))
                return;
            await self.ExecuteUpdateAsync(set => set.SetProperty(row => row.UsageBatch, batch.Id), token);
            foreach (var fact in facts)
                await db.PublishAsync(fact, clock, token);
        }, ct);
        outbox.Wake();
    }

    private ServingUsageRecorded FactOf(UsageMeter.Key key, UsageMeter.Tally tally, UsageBatch batch) => new(
        key.Workspace, key.Deployment, key.Variant, key.Model, key.Version, key.Shadow, identity.Id, key.Device, batch.From, batch.To,
        tally.Requests, tally.Failed, tally.Items, tally.ComputeSeconds, tally.InputBytes, tally.OutputBytes);
}
