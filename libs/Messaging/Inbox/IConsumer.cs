using System.Diagnostics;

namespace MlopsPlane.Messaging.Inbox;

/// <summary>All handlers of one module's consumer, as a carrier sees them.</summary>
public interface IConsumer
{
    /// <summary>The module's name, or that and a word of its own behind a dot; also the name of its queue.</summary>
    string Name { get; }

    /// <summary>
    /// Kinds of aggregates that it follows (<c>run</c>, <c>model</c>, ...). It receives every event of them, because
    /// a cursor per aggregate can only tell a gap from an event of no interest when it sees all.
    /// </summary>
    IReadOnlySet<string> Kinds { get; }

    /// <summary>
    /// Applies, skips or parks each delivery, committed when this returns. A delivery whose handler fails is parked and
    /// repeated by itself. Returns those that could not even be parked, with the reason.
    /// </summary>
    /// <exception cref="Exception">The consumer's database does not answer; nothing of the rest is committed.</exception>
    Task<IReadOnlyList<Refusal>> DeliverAsync(IReadOnlyList<Delivery> deliveries, CancellationToken ct);

    /// <summary>Wakes when this process has parked something, or an operator wants it repeated.</summary>
    HeldSignal Held { get; }

    /// <summary>Whether anything lies parked that is not given up, due or not.</summary>
    Task<bool> HoldsAsync(CancellationToken ct);

    /// <summary>Repeats what is due and lies parked; true when some of it was.</summary>
    Task<bool> RepeatDueAsync(CancellationToken ct);

    /// <summary>Forgets aggregates that nothing was heard of for so long; returns how many.</summary>
    Task<int> PurgeAsync(TimeSpan idle, CancellationToken ct);

    /// <summary>Notes that from now on every event is promised to it; before its queue is bound.</summary>
    Task DeclareAsync(CancellationToken ct);
}

/// <summary>One event on its way to one consumer.</summary>
public sealed record Delivery(Guid MessageId, string Aggregate, long Sequence, string Type, string Payload)
{
    /// <summary>Milliseconds since 1970 UTC; 0 when it is not known.</summary>
    public long OccurredAt { get; init; }

    /// <summary>
    /// When the aggregate's event before this one occurred. Null when there is none, or when the carrier delivers in
    /// order, so that what is missing before this event was before the consumer's time.
    /// </summary>
    public long? PreviousAt { get; init; }

    /// <summary>W3C trace context of the write that caused it.</summary>
    public string? TraceParent { get; init; }

    internal ActivityContext Trace => ActivityContext.TryParse(TraceParent, null, isRemote: true, out var context) ? context : default;
}

/// <summary>A delivery that a consumer could neither apply nor keep.</summary>
public sealed record Refusal(Delivery Delivery, string Reason);
