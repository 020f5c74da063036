namespace MlopsPlane.Messaging.Outbox;

/// <summary>An event that is committed with the write that caused it and not yet handled by every consumer.</summary>
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

    /// <summary>Deliveries that failed so far.</summary>
    public int Attempts { get; set; }

    /// <summary>Why the last delivery failed.</summary>
    public string? LastError { get; set; }

    /// <summary>Set when the deliveries were given up; the message waits for a replay and its aggregate with it.</summary>
    public long? ParkedAt { get; set; }
}

/// <summary>The last sequence number that an aggregate of this service gave out.</summary>
public sealed class AggregateSequence
{
    public required string Aggregate { get; init; }

    public long Last { get; set; }
}
