using MlopsPlane.Contracts;

namespace MlopsPlane.Messaging;

/// <summary>
/// A module's reaction to an event. It runs inside a transaction on the module's own database together with the inbox
/// row, takes that context from the same scope, and saves nothing itself.
/// </summary>
public interface IEventHandler<in TEvent> where TEvent : IEvent
{
    Task HandleAsync(TEvent fact, CancellationToken ct);
}
