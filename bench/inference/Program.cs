using System.Diagnostics;
using System.Globalization;
using MlopsPlane.Bench.Inference.Processes;
using MlopsPlane.Bench.Inference.Scenarios;

switch (args)
{
    case [PlainEndpoint.Verb, var answer]:
        await PlainEndpoint.RunAsync(answer);
        return 0;
    case [PlainEndpoint.Verb, var answer, var file]:
        await PlainEndpoint.RunAsync(answer, file);
        return 0;
    case [RawRuns.Verb, var model, var rows, var time]:
        RawRuns.Run(model, rows, time);
        return 0;
}

// --only transport,batching,latency,alternative,image,compute  --seconds S (of each measurement)
// Compute comes last: what is compiled in the first minutes, loops that turn once a second too, would count as the gateway's.
var only = Text("--only", "transport,batching,latency,alternative,image,compute").Split(',');
var seconds = double.Parse(Text("--seconds", "10"), CultureInfo.InvariantCulture);
var source = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", ".."));
var folder = Directory.CreateTempSubdirectory("plane-bench-models-");
try
{
    using (var python = Process.Start(new ProcessStartInfo("/usr/bin/python3", [Path.Combine(source, "models.py"), folder.FullName]) { UseShellExecute = false })!)
    {
        await python.WaitForExitAsync();
        if (python.ExitCode != 0)
            throw new InvalidOperationException("The models could not be made: Debian's python3-onnx is needed.");
    }

    Core.Pin(Core.OfClient);
    using var gateway = await Gateway.StartAsync();
    foreach (var model in Directory.EnumerateFiles(folder.FullName, "*.onnx"))
        await gateway.DeployAsync(Path.GetFileNameWithoutExtension(model), await File.ReadAllBytesAsync(model));
    Console.WriteLine($"{Environment.ProcessorCount} cores; the client on core {Core.OfClient}, each server and each raw run on core {Core.OfServer}; one warm gateway process (embedded, SQLite)");
    var bench = new Bench(gateway, folder.FullName, Path.Combine(source, "Alternative"), seconds);
    await bench.SettleAsync();
    foreach (var name in only)
    {
        await (name switch
        {
            "transport" => bench.TransportAsync(),
            "compute" => bench.ComputeAsync(),
            "batching" => bench.BatchingAsync(),
            "latency" => bench.LatencyAsync(),
            "alternative" => bench.AlternativeAsync(),
            "image" => bench.ImageAsync(),
            _ => throw new InvalidOperationException($"There is no scenario '{name}'."),
        });
    }

    return 0;
}
finally
{
    folder.Delete(recursive: true);
}

string Text(string name, string otherwise)
{
    var at = Array.IndexOf(args, name);
    return at >= 0 && at + 1 < args.Length ? args[at + 1] : otherwise;
}
