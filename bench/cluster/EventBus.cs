using MlopsPlane.Bench.Tracker;
using MlopsPlane.EventHost;
using MlopsPlane.Testing.Servers;
using RabbitMQ.Client;

namespace MlopsPlane.Bench.Cluster;

/// <summary>A producing and a consuming service with a database each, and raw connections to the same broker.</summary>
internal sealed class EventBus : IAsyncDisposable
{
    public const string Queue = "consumer";

    private readonly PostgresServer postgres;
    private readonly RabbitServer rabbit;

    private EventBus(PostgresServer postgres, RabbitServer rabbit, Dictionary<string, string?> settings)
    {
        (this.postgres, this.rabbit) = (postgres, rabbit);
        Settings = settings;
        Producer = EventService.Build("producer", settings, consumes: false, inProcess: false);
        Consumer = EventService.Build(Queue, settings, consumes: true, inProcess: false);
    }

    public IReadOnlyDictionary<string, string?> Settings { get; }

    public EventService Producer { get; }

    public EventService Consumer { get; }

    public Uri Broker => new(Settings["Messaging:RabbitMq"]!);

    public static async Task<EventBus> StartAsync(PostgresServer postgres, RabbitServer rabbit)
    {
        var bus = new EventBus(postgres, rabbit, new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Storage:Provider"] = "Postgres",
            ["Storage:Postgres"] = await postgres.CreateDatabasesAsync($"bench{Guid.CreateVersion7():N}", "producer", Queue),
            ["Messaging:RabbitMq"] = await rabbit.CreateVirtualHostAsync(),
            ["Messaging:Username"] = RabbitServer.Username,
            ["Messaging:Password"] = RabbitServer.Password,
        });
        await bus.Producer.MigrateAsync();
        await bus.Consumer.MigrateAsync();
        return bus;
    }

    public Task<IConnection> ConnectAsync() => new ConnectionFactory { Uri = Broker, UserName = RabbitServer.Username, Password = RabbitServer.Password }.CreateConnectionAsync();

    /// <summary>CPU seconds so far of this process, of PostgreSQL and of the broker.</summary>
    public CpuUse Cpu() => new(
        ProcessMeter.CpuSeconds(Environment.ProcessId), ProcessMeter.CpuSecondsOfFamily(postgres.ProcessId), ProcessMeter.CpuSeconds(rabbit.ProcessId));

    public async ValueTask DisposeAsync()
    {
        await Producer.StopAsync();
        await Producer.DisposeAsync();
        await Consumer.StopAsync();
        await Consumer.DisposeAsync();
    }
}

/// <summary>CPU time by who used it; on shared cores it says more than the rate.</summary>
internal sealed record CpuUse(double Plane, double Postgres, double Broker)
{
    /// <summary>What was used since, in microseconds an event.</summary>
    public string Since(CpuUse before, int events) => string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"CPU µs/event: plane {(Plane - before.Plane) * 1e6 / events:0}, PostgreSQL {(Postgres - before.Postgres) * 1e6 / events:0}, broker {(Broker - before.Broker) * 1e6 / events:0}");
}
