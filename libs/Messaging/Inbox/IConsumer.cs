using MlopsPlane.Contracts;

namespace MlopsPlane.Messaging.Inbox;

/// <summary>All handlers of one module, as a carrier sees them.</summary>
public interface IConsumer
{
    /// <summary>The module's name; also the prefix of its queue.</summary>
    string Name { get; }

    /// <summary>
    /// Kinds of aggregates that it follows (<c>run</c>, <c>model</c>, ...). It receives every event of them, because
    /// a cursor per aggregate can only tell a gap from an event of no interest when it sees all.
    /// </summary>
    bool Follows(string aggregate);

    /// <summary>Applies, skips or parks one delivery, committed when this returns.</summary>
    Task DeliverAsync(Delivery delivery, CancellationToken ct);
}

/// <summary>One event on its way to one consumer.</summary>
public sealed record Delivery(Guid MessageId, string Aggregate, long Sequence, string Type, string Payload);

/// <summary>Handlers that a module registers for one consumer.</summary>
public sealed class ConsumerHandlers
{
    private readonly Dictionary<Type, Func<IServiceProvider, IEvent, CancellationToken, Task>> byEvent = [];
    private readonly HashSet<string> kinds = new(StringComparer.Ordinal);

    /// <summary>Follows aggregates of <paramref name="kind"/> and handles <typeparamref name="TEvent"/> of them.</summary>
    public ConsumerHandlers On<TEvent, THandler>(string kind) where TEvent : IEvent where THandler : IEventHandler<TEvent>
    {
        kinds.Add(kind);
        byEvent.Add(typeof(TEvent), (services, fact, ct) =>
            Microsoft.Extensions.DependencyInjection.ActivatorUtilities.GetServiceOrCreateInstance<THandler>(services)
                .HandleAsync((TEvent)fact, ct));
        return this;
    }

    internal bool Follows(string aggregate) =>
        kinds.GetAlternateLookup<ReadOnlySpan<char>>().Contains(aggregate.AsSpan(0, Math.Max(0, aggregate.IndexOf(':'))));

    internal Task HandleAsync(IServiceProvider services, IEvent fact, CancellationToken ct) =>
        byEvent.TryGetValue(fact.GetType(), out var handler) ? handler(services, fact, ct) : Task.CompletedTask;
}
