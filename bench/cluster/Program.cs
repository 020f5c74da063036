using System.Globalization;
using MlopsPlane.Bench.Cluster;
using MlopsPlane.Bench.Cluster.Edge;
using MlopsPlane.Testing.Servers;

if (args is [Upstream.Verb])
{
    await Upstream.RunAsync();
    return 0;
}

if (args is [BareYarp.Verb, .. var upstreams])
{
    await BareYarp.RunAsync(upstreams);
    return 0;
}

// --only edge,identity,relay,consume,latency,outbox-cost  --events N (relay and consume)  --seconds S (edge, latency and outbox-cost)
var only = Text("--only", "edge,identity,relay,consume,latency,outbox-cost").Split(',');
var (events, seconds) = (Number("--events", 40_000), Number("--seconds", 10));
if (only.Contains("edge"))
    await EdgeScenario.RunAsync(seconds);
if (only.Contains("identity"))
    await IdentityScenario.RunAsync();
if (only.All(name => name is "edge" or "identity"))
    return 0;
await using var postgres = await PostgresServer.StartAsync(durable: true)
    ?? throw new InvalidOperationException("The bench needs PostgreSQL's server binaries.");
await using var rabbit = await RabbitServer.StartAsync()
    ?? throw new InvalidOperationException("The bench needs rabbitmq-server.");
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores, PostgreSQL with fsync, RabbitMQ with one node of quorum queues"));
if (only.Contains("relay") || only.Contains("consume"))
{
    await using var bus = await EventBus.StartAsync(postgres, rabbit);
    await RelayScenario.RunAsync(bus, events, measured: only.Contains("relay"));
    if (only.Contains("consume"))
        await ConsumeScenario.RunAsync(bus, events);
}

if (only.Contains("latency"))
{
    await using var bus = await EventBus.StartAsync(postgres, rabbit);
    await LatencyScenario.RunAsync(bus, seconds);
}

if (only.Contains("outbox-cost"))
{
    await using var bus = await EventBus.StartAsync(postgres, rabbit);
    await OutboxCostScenario.RunAsync(bus, seconds);
}

return 0;

int Number(string name, int otherwise) => int.Parse(Text(name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);

string Text(string name, string otherwise)
{
    var at = Array.IndexOf(args, name);
    return at >= 0 && at + 1 < args.Length ? args[at + 1] : otherwise;
}
