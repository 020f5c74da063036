using MlopsPlane.Messaging.Outbox;

namespace MlopsPlane.EdgeGateway.Tests.World;

/// <summary>An outbox with as many failed events as its stub is told to have.</summary>
internal sealed class StubOutbox(StubModule stub) : IOutboxAdministration
{
    public string Service => stub.Name;

    public Task<OutboxDepth> DepthAsync(CancellationToken ct) => Task.FromResult(new OutboxDepth(Service, 0, stub.FailedEvents, 0, 0, 0, 0));

    public Task<IReadOnlyList<FailedMessage>> FailedAsync(long after, int limit, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<FailedMessage>>([.. Enumerable.Range(1, stub.FailedEvents).Where(position => position > after).Take(limit)
            .Select(position => new FailedMessage(position, Guid.CreateVersion7(), "a", position, "T", 0, 1, "no", 0, 0))]);

    public Task<GivenUpMessage?> SkipAsync(long position, CancellationToken ct) => Task.FromResult(
        position <= stub.FailedEvents ? new GivenUpMessage(Service, position, Guid.CreateVersion7(), "a", position, "T", 0, "no", "{}") : null);

    public Task<int> ReplayAsync(CancellationToken ct) => Task.FromResult(stub.FailedEvents);
}
