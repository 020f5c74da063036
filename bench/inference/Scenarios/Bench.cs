using System.Globalization;
using MlopsPlane.Bench.Cluster.Edge;
using MlopsPlane.Bench.Inference.Load;
using MlopsPlane.Bench.Inference.Processes;
using MlopsPlane.Bench.Tracker;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Bench.Inference.Scenarios;

/// <summary>The scenarios, on one gateway with the bench's models.</summary>
/// <param name="models">Folder of the models.</param>
/// <param name="alternative">Folder of the server in Node.</param>
/// <param name="seconds">Of each measurement.</param>
internal sealed class Bench(Gateway gateway, string models, string alternative, double seconds)
{
    private const int Clients = 32;
    private const int ComputeRounds = 7;
    private const double SettleSeconds = 7;
    private static readonly int[] OneMillisecond = [3, 50, 50];
    private static readonly int[] TenMilliseconds = [3, 56, 56];
    private static readonly int[] Image = [3, 224, 224];

    /// <summary>Serves until what starts with the process, and the compilation of what serves, is over.</summary>
    public async Task SettleAsync()
    {
        await RestOf(Requests.Binary("noop", 16), SettleSeconds);
        await Until.TrueAsync(async () =>
        {
            var before = gateway.CpuSeconds;
            await Task.Delay(TimeSpan.FromSeconds(1));
            return gateway.CpuSeconds - before < 0.1;
        }, what: "the gateway has nothing to do");
    }

    /// <summary>A model that does nothing against an endpoint that does nothing.</summary>
    public async Task TransportAsync()
    {
        Title($"A no-op model and a plain Kestrel endpoint, {Clients} clients");
        using var plain = await PlainAsync(240);
        var (kestrel, binary) = await Measured.InTurnsAsync(time => PlainOf(plain, Requests.Binary("noop", 16), time), time => RestOf(Requests.Binary("noop", 16), time), seconds);
        kestrel.Print("plain Kestrel");
        binary.Print("gateway, binary");
        (await RestOf(Requests.Json("noop", [16]), seconds)).Print("gateway, JSON");
        (await GrpcOf(Requests.Grpc("noop", 16), seconds)).Print("gateway, gRPC");
        Ratio("requests/s, gateway (binary) / plain", binary.Load.PerSecond / kestrel.Load.PerSecond, 0.85);
        using var least = await PlainAsync(240, FileOf("noop"));
        var (bare, run) = await Measured.InTurnsAsync(time => PlainOf(plain, Requests.Binary("noop", 16), time), time => PlainOf(least, Requests.Binary("noop", 16), time), seconds);
        run.Print("plain Kestrel that runs the model");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  of plain Kestrel that one reaches {run.Load.PerSecond / bare.Load.PerSecond:0.000}"));
    }

    /// <summary>What a request costs beside the model's own work.</summary>
    public async Task ComputeAsync()
    {
        Title("CPU of one row: raw runs / gateway, no batching, and raw runs / plain Kestrel that runs the model in the request");
        foreach (var (model, shape, aim) in new[] { ("conv-1", OneMillisecond, 0.95), ("conv-10", TenMilliseconds, 0.99) })
        {
            using var least = await PlainAsync(240, FileOf(model));
            // In turns, since the machine's own speed changes by more than what is measured; the round with the median ratio counts.
            var (request, time) = (Requests.Binary($"{model}-single", shape), seconds / ComputeRounds);
            var rounds = new List<(double Raw, Measured Served, Measured Least)>();
            var before = (await RawRuns.MeasureAsync(FileOf(model), 1, time)).Cpu;
            while (rounds.Count < ComputeRounds)
            {
                var served = await RestOf(request, time, clients: 4);
                var after = (await RawRuns.MeasureAsync(FileOf(model), 1, time)).Cpu;
                rounds.Add(((before + after) / 2, served, await PlainOf(least, request, time, clients: 4)));
                before = (await RawRuns.MeasureAsync(FileOf(model), 1, time)).Cpu;
            }

            var (raw, own, _) = Middle(rounds, round => round.Raw / round.Served.CpuMicroseconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {model + ", raw",-44} {1e6 / raw,9:0} runs/s {raw,7:0.0} µs CPU/run"));
            own.Print($"{model}, gateway, binary");
            Ratio($"CPU, raw / gateway, {model}", raw / own.CpuMicroseconds, aim);
            Console.WriteLine("     of " + string.Join(", ", rounds.Select(round => (round.Raw / round.Served.CpuMicroseconds).ToString("0.000", CultureInfo.InvariantCulture)).Order()));
            var (with, bare) = (Middle(rounds, round => round.Raw / round.Least.CpuMicroseconds), Middle(rounds, round => round.Least.CpuMicroseconds / round.Served.CpuMicroseconds));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  plain Kestrel that runs the model reaches {with.Raw / with.Least.CpuMicroseconds:0.000}; CPU, that / gateway: {bare.Least.CpuMicroseconds / bare.Served.CpuMicroseconds:0.000}"));
        }
    }

    /// <summary>Requests that are run together against each on its own.</summary>
    public async Task BatchingAsync()
    {
        Title($"Batching on the small model, {Clients} clients, binary");
        var (single, batched) = await Measured.InTurnsAsync(
            time => RestOf(Requests.Binary("small-single", 64), time), time => RestOf(Requests.Binary("small", 64), time), seconds);
        single.Print("each on its own");
        batched.Print("batched");
        Ratio("requests/s, batched / each on its own", batched.Load.PerSecond / single.Load.PerSecond, 3);
        const string Counter = "mlops_inference_batch_loop_allocated_bytes_total", Label = "deployment=\"small\"";
        var allocated = await gateway.CounterAsync(Counter, Label);
        var load = (await RestOf(Requests.Binary("small", 64), seconds)).Load;
        var bytes = await gateway.CounterAsync(Counter, Label) - allocated;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  managed bytes allocated in the batch loop: {bytes:0} for {load.Requests} requests, {bytes / load.Requests:0.000} each (aim 0)"));
    }

    /// <summary>What the gateway adds to the model's time when it is half busy.</summary>
    public async Task LatencyAsync()
    {
        Title("Added p50 at half load on the no-op model: from when a request is due to its whole answer, less a raw run");
        var raw = (await RawRuns.MeasureAsync(FileOf("noop"), 1, seconds / 4)).Median;
        var binary = await AddedAsync("binary", gateway.Rest, () => new HttpExchange(Requests.Binary("noop", 16)), raw, 100);
        using (var plain = await PlainAsync(240))
            (await PlainOf(plain, Requests.Binary("noop", 16), seconds, perSecond: binary)).Print("plain Kestrel, as many: the machine's own");
        await AddedAsync("JSON of 1 KB", gateway.Rest, () => new HttpExchange(KilobyteOfJson()), raw, 150);
        await AddedAsync("gRPC", gateway.Grpc, () => new GrpcExchange(Requests.GrpcMethod, Requests.Grpc("noop", 16)), raw, 200);
    }

    /// <summary>The gateway against the server that a user would write.</summary>
    public async Task AlternativeAsync()
    {
        Title($"The small model in JSON against fastify and onnxruntime-node, {Clients} clients");
        using var node = await NodeServer.StartAsync(alternative, FileOf("small"));
        var request = Requests.Json("small", [64]);
        var (other, own) = await Measured.InTurnsAsync(
            time => Measured.OfAsync(node.Address, Clients, time, () => new HttpExchange(request), () => node.CpuSeconds), time => RestOf(request, time), seconds);
        other.Print("fastify and onnxruntime-node");
        own.Print("gateway");
        Ratio("requests/s, gateway / Node", own.Load.PerSecond / other.Load.PerSecond, 5);
    }

    /// <summary>600 KB of pixels: what is left of a large payload's way.</summary>
    public async Task ImageAsync()
    {
        Title("A binary image of 3x224x224 floats (602,112 bytes), 4 clients");
        var request = Requests.Binary("image", Image);
        using var plain = await PlainAsync(200);
        var (kestrel, own) = await Measured.InTurnsAsync(time => PlainOf(plain, request, time, 4), time => RestOf(request, time, 4), seconds);
        kestrel.Print("plain Kestrel that reads it");
        own.Print("gateway");
        var raw = await RawRuns.MeasureAsync(FileOf("image"), 1, seconds / 4);
        var before = await gateway.AllocatedBytesAsync();
        var load = (await RestOf(request, seconds, 4)).Load;
        var allocated = (await gateway.AllocatedBytesAsync() - before) / load.Requests;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  beside plain Kestrel and a raw run ({raw.Cpu:0} µs) the gateway takes {own.CpuMicroseconds - kestrel.CpuMicroseconds - raw.Cpu:0} µs; allocated a request: {allocated:0} bytes"));
    }

    /// <returns>Requests a second that half the load was.</returns>
    private async Task<double> AddedAsync(string name, Uri address, Func<IExchange> exchange, double raw, double aim)
    {
        var full = await Measured.OfAsync(address, Clients, seconds / 2, exchange, () => gateway.CpuSeconds);
        var half = await Measured.OfAsync(address, Clients, seconds, exchange, () => gateway.CpuSeconds, full.Load.PerSecond / 2);
        half.Print($"{name}, of {full.Load.PerSecond:0} req/s");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  => added p50, {name}: {half.Load.P50 - raw:0} µs (aim {aim:0}), p99 {half.Load.P99 - raw:0} µs"));
        return full.Load.PerSecond / 2;
    }

    private Task<Measured> RestOf(byte[] request, double time, int clients = Clients) =>
        Measured.OfAsync(gateway.Rest, clients, time, () => new HttpExchange(request), () => gateway.CpuSeconds);

    private Task<Measured> GrpcOf(byte[] message, double time) =>
        Measured.OfAsync(gateway.Grpc, Clients, time, () => new GrpcExchange(Requests.GrpcMethod, message), () => gateway.CpuSeconds);

    private static Task<Measured> PlainOf(PlaneProcess plain, byte[] request, double time, int clients = Clients, double perSecond = 0) =>
        Measured.OfAsync(plain.Address, clients, time, () => new HttpExchange(request), () => ProcessMeter.CpuSeconds(plain.Id), perSecond);

    private static Task<PlaneProcess> PlainAsync(int answerBytes, params string[] model) =>
        Core.StartOnServerAsync(() => ServedProcess.StartAsync([PlainEndpoint.Verb, $"{answerBytes}", .. model]));

    private static (double Raw, Measured Served, Measured Least) Middle(
        List<(double Raw, Measured Served, Measured Least)> rounds, Func<(double Raw, Measured Served, Measured Least), double> ratio) =>
        rounds.OrderBy(ratio).ElementAt(rounds.Count / 2);

    private static byte[] KilobyteOfJson() => Requests.Json("noop", [16], rows: 14);

    private string FileOf(string model) => Path.Combine(models, model + ".onnx");

    private static void Title(string text) => Console.WriteLine($"\n{text}");

    private static void Ratio(string name, double value, double aim) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  => {name}: {value:0.000} (aim {aim})"));
}
