using Microsoft.EntityFrameworkCore;
using MlopsPlane.Messaging.Inbox;
using MlopsPlane.Messaging.Outbox;

namespace MlopsPlane.Messaging;

public static class MessagingModel
{
    /// <summary>Adds the outbox and inbox tables to a service's model.</summary>
    public static void AddMessaging(this ModelBuilder model)
    {
        model.Entity<OutboxMessage>(outbox =>
        {
            outbox.ToTable("outbox");
            outbox.HasKey(message => message.Position);
            outbox.HasIndex(message => new { message.Aggregate, message.Sequence }).IsUnique();
            // The few rows that hold back their aggregates: under way, waiting or parked.
            outbox.HasIndex(message => message.Aggregate, "ix_outbox_held").HasFilter("leased_until IS NOT NULL OR parked_at IS NOT NULL OR available_at > 0");
        });
        model.Entity<AggregateSequence>(sequence =>
        {
            sequence.ToTable("aggregate_sequences");
            sequence.HasKey(row => row.Aggregate);
        });
        model.Entity<InboxConsumer>(consumer =>
        {
            consumer.ToTable("inbox_consumers");
            consumer.HasKey(row => row.Name);
        });
        model.Entity<InboxCursor>(cursor =>
        {
            cursor.ToTable("inbox");
            cursor.HasKey(row => new { row.Consumer, row.Aggregate });
            cursor.HasIndex(row => row.TouchedAt);
        });
        model.Entity<ParkedDelivery>(parked =>
        {
            parked.ToTable("inbox_parked");
            parked.HasKey(row => new { row.Consumer, row.Aggregate, row.Sequence });
        });
    }
}
