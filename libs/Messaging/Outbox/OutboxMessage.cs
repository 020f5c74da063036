namespace MlopsPlane.Messaging.Outbox;

/// <summary>An event that is committed with the write that caused it and not yet handed on by its carrier.</summary>
public sealed class OutboxMessage
{
    /// <summary>Order of insertion, given by the database.</summary>
    public long Position { get; private set; }

    /// <summary>Stable over every repetition of the delivery.</summary>
    public Guid MessageId { get; init; }

    public required string Aggregate { get; init; }

    /// <summary>1, 2, 3, ... within the aggregate, without gaps.</summary>
    public long Sequence { get; init; }

    /// <summary>Full name of the event's type.</summary>
    public required string Type { get; init; }

    /// <summary>The event as JSON.</summary>
    public required string Payload { get; init; }

    /// <summary>Milliseconds since 1970 UTC.</summary>
    public long OccurredAt { get; init; }

    /// <summary>When the aggregate's event before this one occurred, in the same unit; null for the first.</summary>
    public long? PreviousAt { get; init; }

    /// <summary>W3C trace context of the write that caused it.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Attempts that failed for a reason of the message's own.</summary>
    public int Attempts { get; set; }

    /// <summary>Why the last attempt failed.</summary>
    public string? LastError { get; set; }

    /// <summary>Not handed on before this instant, milliseconds since 1970 UTC.</summary>
    public long AvailableAt { get; set; }

    /// <summary>The relay's round that holds it now.</summary>
    public Guid? Lease { get; set; }

    /// <summary>From this instant on another replica may take it, milliseconds since 1970 UTC.</summary>
    public long? LeasedUntil { get; set; }

    /// <summary>Set when the attempts were given up; the message waits for a replay and its aggregate with it.</summary>
    public long? ParkedAt { get; set; }
}

/// <summary>The last sequence number that an aggregate of this service gave out.</summary>
public sealed class AggregateSequence
{
    public required string Aggregate { get; init; }

    public long Last { get; set; }

    /// <summary>When that was, milliseconds since 1970 UTC.</summary>
    public long LastAt { get; set; }

    /// <summary>When the number before it was given out; null while there is one number.</summary>
    public long? PreviousAt { get; set; }
}
