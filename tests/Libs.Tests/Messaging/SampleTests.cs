using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MlopsPlane.Contracts.InferenceGateway.V1;
using MlopsPlane.Messaging;
using MlopsPlane.Messaging.RabbitMq;
using MlopsPlane.Messaging.Samples;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Servers;
using RabbitMQ.Client;

namespace MlopsPlane.Libs.Tests.Messaging;

public sealed class SampleTests : IDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener listener = new();
    private readonly Dictionary<string, long> dropped = new(StringComparer.Ordinal);

    public SampleTests()
    {
        var own = services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "mlops_samples_dropped" && ReferenceEquals(instrument.Meter.Scope, own))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            var reason = (string)tags[0].Value!;
            dropped[reason] = dropped.GetValueOrDefault(reason) + count;
        });
        listener.Start();
    }

    [Fact]
    public void What_has_no_place_is_dropped_and_counted_and_nobody_waits()
    {
        var channel = Channel(new NobodyTakes());
        for (var i = 0; i < SampleChannel.MaxWaiting; i++)
            Offer(channel, 1);
        Assert.False(channel.TryReserve(1));
        Assert.False(channel.TryReserve(1));
        Assert.Equal(2, dropped["queue_full"]);
        Assert.True(channel.TryTake(out _));
        Assert.True(channel.TryReserve(1));
    }

    [Fact]
    public void Waiting_samples_are_bounded_in_bytes_too()
    {
        var channel = Channel(new NobodyTakes());
        Offer(channel, SampleChannel.MaxBytes - 10);
        Assert.False(channel.TryReserve(11));
        Assert.True(channel.TryReserve(10));
        Assert.Equal(1, dropped["queue_full"]);
    }

    [Fact]
    public void Where_nobody_listens_nothing_is_kept()
    {
        Assert.False(Channel(new InProcessSamples([])).TryReserve(1));
        Assert.Equal(1, dropped["no_consumer"]);
    }

    [Fact]
    public async Task A_queue_at_the_broker_gets_a_batch_of_CloudEvents_and_without_the_exchange_sending_fails()
    {
        var rabbit = await Require.RabbitAsync();
        var address = new BrokerAddress(Options.Create(new MessagingOptions { RabbitMq = await rabbit.CreateVirtualHostAsync(), Password = RabbitServer.Password }));
        await using var carrier = new BrokerSamples(address);
        var ct = TestContext.Current.CancellationToken;
        await Assert.ThrowsAnyAsync<Exception>(() => carrier.SendAsync([Sample("lost")], ct));
        await using var connection = await address.Factory("test").CreateConnectionAsync(ct);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: ct);
        await channel.ExchangeDeclareAsync(BrokerSamples.Exchange, ExchangeType.Fanout, durable: true, cancellationToken: ct);
        var queue = (await channel.QueueDeclareAsync(cancellationToken: ct)).QueueName;
        await channel.QueueBindAsync(queue, BrokerSamples.Exchange, "", cancellationToken: ct);
        await carrier.SendAsync([Sample("a"), Sample("b")], ct);
        BasicGetResult? message = null;
        await Until.TrueAsync(async () => (message = await channel.BasicGetAsync(queue, autoAck: true, ct)) is not null);
        Assert.Equal("application/cloudevents-batch+json", message!.BasicProperties.ContentType);
        var read = JsonSerializer.Deserialize<List<InferenceSample>>(message.Body.Span)!;
        Assert.Equal(["a", "b"], read.Select(sample => sample.Id));
    }

    private SampleChannel Channel(ISampleCarrier carrier) => new(carrier, new SampleMetrics(services.GetRequiredService<IMeterFactory>()));

    private static void Offer(SampleChannel channel, long bytes)
    {
        Assert.True(channel.TryReserve(bytes));
        channel.Offer(bytes, () => []);
    }

    private static InferenceSample Sample(string id) => new()
    {
        Id = id, Type = InferenceSample.RequestType, Source = "/w/a/v2/models/m", Time = DateTimeOffset.UnixEpoch, InferenceServiceName = "m", Namespace = "a",
        Endpoint = "default", Metadata = "{}", RecordedTime = DateTimeOffset.UnixEpoch, ModelName = "m", ModelVersion = 1, Variant = "main", PayloadBytes = 0, PayloadCut = false,
        Data = new() { Inputs = [] },
    };

    public void Dispose()
    {
        listener.Dispose();
        services.Dispose();
    }

    private sealed class NobodyTakes : ISampleCarrier
    {
        public bool IsListenedTo => true;

        public Task SendAsync(IReadOnlyList<InferenceSample> samples, CancellationToken ct) => Task.CompletedTask;
    }
}
