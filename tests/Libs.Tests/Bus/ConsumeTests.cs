using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.Access.V1;
using MlopsPlane.EventHost;
using MlopsPlane.Libs.Tests.Messaging;
using MlopsPlane.Messaging;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Messaging.RabbitMq;
using MlopsPlane.Testing;
using RabbitMQ.Client;

namespace MlopsPlane.Libs.Tests.Bus;

public sealed class ConsumeTests
{
    private static readonly CreateChannelOptions Confirms = new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);

    [Fact]
    public async Task Messages_that_nobody_can_read_go_to_the_dead_letters_with_their_reason_and_hold_up_nothing()
    {
        await using var bus = await (await BusFixture.OnAsync()).MigrateAsync();
        var consumer = await bus.StartAsync(BusFixture.Consumer);
        await using var connection = await bus.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(Confirms);
        foreach (var (body, type) in new[]
        {
            ("this is no JSON", Envelope.ContentType),
            ("""{"messageId":"00000000-0000-0000-0000-000000000001","messageType":["urn:message:MlopsPlane.Contracts:IEvent"],"message":{}}""", Envelope.ContentType),
            ("""{"messageType":["urn:message:Somebody.Else:Thing"],"message":{"a":1},"headers":{}}""", Envelope.ContentType),
            ("<xml/>", "text/xml"),
        })
        {
            await channel.BasicPublishAsync(BusFixture.Consumer, "", mandatory: true, new BasicProperties { ContentType = type }, Encoding.UTF8.GetBytes(body));
        }

        await channel.BasicPublishAsync(BusFixture.Consumer, "", mandatory: true, new BasicProperties { ContentType = Envelope.ContentType }, Written("ws", 1, 0));
        await Until.TrueAsync(async () => await consumer.CountAsync() == 1);
        var letters = consumer.Services.GetRequiredService<IDeadLetters>();
        await Until.TrueAsync(async () => (await letters.DepthsAsync(CancellationToken.None)) is [{ Messages: 4 }]);

        // Sent back they fail again, and are where they were.
        Assert.Equal(4, await letters.ReplayAsync(BusFixture.Consumer, 10, CancellationToken.None));
        await Until.TrueAsync(async () => (await letters.DepthsAsync(CancellationToken.None)) is [{ Messages: 4 }]);
        var reasons = new List<string>();
        while (await channel.BasicGetAsync("consumer_error", autoAck: true) is { } dead)
            reasons.Add(Encoding.UTF8.GetString((byte[])dead.BasicProperties.Headers!["Plane-Reason"]!));
        Assert.Equal(4, reasons.Count);
        Assert.All(reasons, reason => Assert.NotEmpty(reason));
    }

    [Fact]
    public async Task One_delivery_in_ten_comes_twice_or_out_of_order_and_two_replicas_still_apply_each_once_in_order()
    {
        await using var bus = await (await BusFixture.OnAsync()).MigrateAsync();
        var consumer = await bus.StartAsync(BusFixture.Consumer);
        await bus.StartAsync(BusFixture.Consumer);
        await using var connection = await bus.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(Confirms);
        var random = new Random(11);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + 1000;
        var messages = Enumerable.Range(1, 100).SelectMany(n => Enumerable.Range(0, 20).Select(w => (Workspace: $"w{w}", Number: n))).ToList();
        for (var i = 0; i < messages.Count; i++)
        {
            var other = Math.Min(messages.Count - 1, i + random.Next(1, 200));
            if (random.Next(10) == 0)
                (messages[i], messages[other]) = (messages[other], messages[i]);
        }

        foreach (var (workspace, number) in messages.SelectMany(message => random.Next(10) == 0 ? [message, message] : new[] { message }))
            await channel.BasicPublishAsync(BusFixture.Consumer, "", mandatory: true, new BasicProperties { ContentType = Envelope.ContentType }, Written(workspace, number, now));
        await Until.TrueAsync(async () => await consumer.CountAsync() >= messages.Count);
        foreach (var group in (await consumer.EffectsAsync()).GroupBy(effect => effect.Workspace, StringComparer.Ordinal))
            Assert.Equal(Enumerable.Range(1, 100), group.Select(effect => int.Parse(effect.What, CultureInfo.InvariantCulture)));
        Assert.Equal(0, (await consumer.DepthAsync()).Gaps);
    }

    [Fact]
    public async Task A_consumer_that_throws_for_a_while_catches_up_in_order()
    {
        await using var bus = await (await BusFixture.OnAsync()).MigrateAsync();
        var producer = await bus.StartAsync(BusFixture.Producer);
        var consumer = await bus.StartAsync(BusFixture.Consumer);
        var load = new Load(producer, writers: 6).Start(TimeSpan.FromMilliseconds(10));
        await Until.TrueAsync(() => load.Acknowledged > 100);
        consumer.Control.Broken = true;
        await Until.TrueAsync(async () => await consumer.DepthAsync() is { Delayed: 6, Gaps: > 100 });
        await Until.TrueAsync(async () => (await producer.DepthAsync()).Waiting < 50);
        consumer.Control.Broken = false;
        await load.StopAsync();
        await load.VerifyAsync(bus, consumer);
        Assert.Equal((0, 0, 0), await consumer.DepthAsync() is { } depth ? (depth.Delayed, depth.Gaps, depth.Dead) : default);
    }

    [Fact]
    public async Task A_consumer_that_stops_gives_back_what_it_could_not_commit_and_each_counts_as_delivered_once()
    {
        await using var bus = await (await BusFixture.OnAsync()).MigrateAsync();
        var consumer = await bus.StartAsync(BusFixture.Consumer);
        await using var locking = consumer.Services.CreateAsyncScope();
        var db = locking.ServiceProvider.GetRequiredService<MessagesDb>();
        await using var locked = await db.Database.BeginTransactionAsync();
        await db.Database.ExecuteSqlRawAsync("LOCK TABLE inbox");
        await using var connection = await bus.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(Confirms);
        for (var n = 1; n <= 200; n++)
            await channel.BasicPublishAsync(BusFixture.Consumer, "", mandatory: true, new BasicProperties { ContentType = Envelope.ContentType }, Written("ws", n, 0));
        await Until.TrueAsync(async () => await bus.MessagesAsync(BusFixture.Consumer) == 0);
        await consumer.StopAsync();
        await Until.TrueAsync(async () => await bus.MessagesAsync(BusFixture.Consumer) == 200);
        for (var n = 1; n <= 200; n++)
            Assert.Equal(1L, (await channel.BasicGetAsync(BusFixture.Consumer, autoAck: true))!.BasicProperties.Headers!["x-delivery-count"]);
        Assert.Equal(0, await consumer.CountAsync());
    }

    [Fact]
    public async Task A_consumer_whose_queue_is_taken_away_says_so_and_receives_again_when_there_is_one()
    {
        await using var bus = await (await BusFixture.OnAsync()).MigrateAsync();
        var consumer = await bus.StartAsync(BusFixture.Consumer);
        await Until.TrueAsync(() => BusFixture.Receives(consumer));
        await using var connection = await bus.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(Confirms);
        await channel.QueueDeleteAsync(BusFixture.Consumer);
        await Until.TrueAsync(() => !BusFixture.Receives(consumer));
        await bus.MigrateAsync();
        await Until.TrueAsync(() => BusFixture.Receives(consumer));
        await channel.BasicPublishAsync(BusFixture.Consumer, "", mandatory: true, new BasicProperties { ContentType = Envelope.ContentType }, Written("ws", 1, 0));
        await Until.TrueAsync(async () => await consumer.CountAsync() == 1);
    }

    private static ReadOnlyMemory<byte> Written(string workspace, int number, long previousAt)
    {
        var fact = new WorkspaceCreated(workspace, number.ToString(CultureInfo.InvariantCulture), DateTimeOffset.UnixEpoch);
        return Envelope.Write(new OutboxMessage
        {
            MessageId = Guid.CreateVersion7(),
            Aggregate = fact.Aggregate,
            Sequence = number,
            Type = EventCatalog.NameOf(fact),
            Payload = EventCatalog.Serialize(fact),
            OccurredAt = 1,
            PreviousAt = number == 1 ? null : previousAt,
        }, trace: null);
    }
}
