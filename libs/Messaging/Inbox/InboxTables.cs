namespace MlopsPlane.Messaging.Inbox;

/// <summary>A consumer of this database, and since when it is promised every event of the kinds that it follows.</summary>
public sealed class InboxConsumer
{
    public required string Name { get; init; }

    /// <summary>Milliseconds since 1970 UTC.</summary>
    public long Since { get; init; }
}

/// <summary>How far a consumer has come with an aggregate; written in the transaction of the consumer's own change.</summary>
public sealed class InboxCursor
{
    /// <summary>The consumer has met the aggregate, and waits for events before the one that it met.</summary>
    public const long Unstarted = -1;

    public required string Consumer { get; init; }

    public required string Aggregate { get; init; }

    public long LastSequence { get; set; }

    /// <summary>When a delivery of the aggregate last came, milliseconds since 1970 UTC.</summary>
    public long TouchedAt { get; set; }
}

/// <summary>
/// A delivery that waits in the consumer's database: for its predecessor, for another attempt, or, dead, for an
/// operator. All later ones of its aggregate wait behind it.
/// </summary>
public sealed class ParkedDelivery
{
    public required string Consumer { get; init; }

    public required string Aggregate { get; init; }

    public long Sequence { get; init; }

    public Guid MessageId { get; init; }

    public required string Type { get; init; }

    public required string Payload { get; init; }

    public long OccurredAt { get; init; }

    public string? TraceParent { get; init; }

    /// <summary>Milliseconds since 1970 UTC.</summary>
    public long ParkedAt { get; init; }

    /// <summary>Attempts that failed; 0 while it only waits for its predecessor.</summary>
    public int Attempts { get; set; }

    /// <summary>No further attempt before this instant, milliseconds since 1970 UTC.</summary>
    public long AvailableAt { get; set; }

    public string? LastError { get; set; }

    /// <summary>When the attempts were given up, milliseconds since 1970 UTC.</summary>
    public long? DeadAt { get; set; }

    internal Delivery ToDelivery() => new(MessageId, Aggregate, Sequence, Type, Payload) { OccurredAt = OccurredAt, TraceParent = TraceParent };

    internal static ParkedDelivery Of(string consumer, Delivery delivery, long now) => new()
    {
        Consumer = consumer,
        Aggregate = delivery.Aggregate,
        Sequence = delivery.Sequence,
        MessageId = delivery.MessageId,
        Type = delivery.Type,
        Payload = delivery.Payload,
        OccurredAt = delivery.OccurredAt,
        TraceParent = delivery.TraceParent,
        ParkedAt = now,
    };
}
