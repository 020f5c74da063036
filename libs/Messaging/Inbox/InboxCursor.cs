namespace MlopsPlane.Messaging.Inbox;

/// <summary>How far a consumer has come with an aggregate; written in the transaction of the consumer's own change.</summary>
public sealed class InboxCursor
{
    public required string Consumer { get; init; }

    public required string Aggregate { get; init; }

    public long LastSequence { get; set; }
}

/// <summary>A delivery that came before its predecessor and waits for it.</summary>
public sealed class ParkedDelivery
{
    public required string Consumer { get; init; }

    public required string Aggregate { get; init; }

    public long Sequence { get; init; }

    public Guid MessageId { get; init; }

    public required string Type { get; init; }

    public required string Payload { get; init; }

    /// <summary>Milliseconds since 1970 UTC.</summary>
    public long ParkedAt { get; init; }
}
