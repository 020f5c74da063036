using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts;

namespace MlopsPlane.Messaging.Inbox;

/// <summary>Handlers that a module registers for one consumer.</summary>
public sealed class ConsumerHandlers
{
    private readonly Dictionary<Type, Func<IServiceProvider, IEvent, CancellationToken, Task>> byEvent = [];
    private readonly HashSet<string> kinds = new(StringComparer.Ordinal);

    internal IReadOnlySet<string> Kinds => kinds;

    /// <summary>Follows the kind of aggregate that <typeparamref name="TEvent"/> is about, and handles this event of it.</summary>
    public ConsumerHandlers On<TEvent, THandler>() where TEvent : IEvent where THandler : IEventHandler<TEvent>
    {
        kinds.Add(EventCatalog.KindOf(typeof(TEvent)));
        byEvent.Add(typeof(TEvent), (services, fact, ct) =>
            ActivatorUtilities.GetServiceOrCreateInstance<THandler>(services).HandleAsync((TEvent)fact, ct));
        return this;
    }

    internal Task HandleAsync(IServiceProvider services, IEvent fact, CancellationToken ct) =>
        byEvent.TryGetValue(fact.GetType(), out var handler) ? handler(services, fact, ct) : Task.CompletedTask;
}
