using System.Text.Json;
using MlopsPlane.Contracts.InferenceGateway.V1;
using MlopsPlane.Messaging.RabbitMq;
using RabbitMQ.Client;

namespace MlopsPlane.Messaging.Samples;

/// <summary>
/// To RabbitMQ: each batch is a transient message in CloudEvents' JSON batch format, to an exchange of its own and without
/// confirms. The connection is its own too, so that a broker that throttles samples does not hold up events.
/// </summary>
internal sealed class BrokerSamples(BrokerAddress address) : ISampleCarrier, IAsyncDisposable
{
    public const string ContentType = "application/cloudevents-batch+json";
    public static readonly string Exchange = BusNames.Exchange(typeof(InferenceSample).FullName!);

    // RabbitMQ's own bound is 16 MiB, and it ends the channel of who sends more.
    private const int MaxBodyBytes = 12 * 1024 * 1024;
    private IConnection? connection;
    private IChannel? channel;

    public bool IsListenedTo => address.IsSet;

    public async Task SendAsync(IReadOnlyList<InferenceSample> samples, CancellationToken ct)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(samples);
        if (body.Length > MaxBodyBytes)
        {
            if (samples.Count == 1)
                throw new InvalidOperationException($"A sample of {body.Length} bytes is more than a broker takes.");
            await SendAsync([.. samples.Take(samples.Count / 2)], ct);
            await SendAsync([.. samples.Skip(samples.Count / 2)], ct);
            return;
        }

        try
        {
            var open = channel is { IsOpen: true } ? channel : await OpenAsync(ct);
            var properties = new BasicProperties { ContentType = ContentType, DeliveryMode = DeliveryModes.Transient };
            await open.BasicPublishAsync(Exchange, routingKey: "", mandatory: false, properties, body, ct);
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The connection takes its channel along.
        var ended = Interlocked.Exchange(ref connection, null);
        channel = null;
        if (ended is not null)
            await ended.DisposeAsync();
    }

    private async Task<IChannel> OpenAsync(CancellationToken ct)
    {
        await DisposeAsync();
        connection = await address.Factory("mlopsplane-samples").CreateConnectionAsync(ct);
        channel = await connection.CreateChannelAsync(cancellationToken: ct);
        // Without it every message would end the channel.
        await channel.ExchangeDeclarePassiveAsync(Exchange, ct);
        return channel;
    }
}
