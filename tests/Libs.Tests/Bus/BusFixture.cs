using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.EventHost;
using MlopsPlane.Testing.Servers;
using RabbitMQ.Client;

namespace MlopsPlane.Libs.Tests.Bus;

/// <summary>A producer and a consumer as two services with a database each, on one broker; any number of replicas.</summary>
internal sealed class BusFixture : IAsyncDisposable
{
    public const string Producer = "producer";
    public const string Consumer = "consumer";

    private readonly List<EventService> started = [];
    private readonly List<HostProcess> processes = [];
    private readonly Dictionary<string, string?> settings;

    private BusFixture(string broker, string databases) => settings = new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["Storage:Provider"] = "Postgres",
        ["Storage:Postgres"] = databases,
        ["Messaging:RabbitMq"] = broker,
        ["Messaging:Username"] = RabbitServer.Username,
        ["Messaging:Password"] = RabbitServer.Password,
    };

    /// <summary>On servers of the caller's own where it wants to break them, else on those of this test process.</summary>
    public static async Task<BusFixture> OnAsync(RabbitServer? rabbit = null, PostgresServer? postgres = null)
    {
        rabbit ??= await Require.RabbitAsync();
        postgres ??= await Require.PostgresAsync();
        return new BusFixture(await rabbit.CreateVirtualHostAsync(), await postgres.CreateDatabasesAsync($"b{Guid.CreateVersion7():N}", Producer, Consumer));
    }

    /// <summary>Makes the databases and the queues of both services.</summary>
    public async Task<BusFixture> MigrateAsync()
    {
        await using var producer = Build(Producer);
        await producer.MigrateAsync();
        await using var consumer = Build(Consumer);
        await consumer.MigrateAsync();
        return this;
    }

    /// <summary>Declares an exchange that leads to another, as the migrate verb of a newer build would.</summary>
    public async Task DeclareAsync(string exchange, string target)
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true);
        await channel.ExchangeBindAsync(target, exchange, "");
    }

    /// <summary>Messages that wait in a queue.</summary>
    public async Task<uint> MessagesAsync(string queue)
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        return await channel.MessageCountAsync(queue);
    }

    /// <summary>What the gauge of a consumer's host says.</summary>
    public static bool Receives(EventService consumer)
    {
        var own = consumer.Services.GetRequiredService<IMeterFactory>();
        var receives = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Name == "mlops_inbox_receiving" && ReferenceEquals(instrument.Meter.Scope, own))
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((_, value, _, _) => receives = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return receives == 1;
    }

    /// <summary>A connection of a test's own, to send what the product does not.</summary>
    public Task<IConnection> ConnectAsync() => new ConnectionFactory
    {
        Uri = new Uri(settings["Messaging:RabbitMq"]!),
        UserName = RabbitServer.Username,
        Password = RabbitServer.Password,
    }.CreateConnectionAsync();

    public EventService Build(string service) => EventService.Build(service, settings, consumes: service == Consumer, inProcess: false);

    public async Task<EventService> StartAsync(string service)
    {
        var replica = Build(service);
        started.Add(replica);
        await replica.StartAsync();
        return replica;
    }

    /// <summary>A replica as a process of its own, for kills.</summary>
    public async Task<HostProcess> StartProcessAsync(string service)
    {
        var process = await HostProcess.StartAsync(service, service == Consumer ? "consume" : "relay", settings);
        processes.Add(process);
        return process;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
            process.Dispose();
        foreach (var service in started)
        {
            await service.StopAsync();
            await service.DisposeAsync();
        }
    }
}
