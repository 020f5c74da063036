using System.Globalization;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.Bench.Tracker;

/// <summary>Runs one scenario and prints its row.</summary>
internal sealed class Report(PlaneProcess plane, PostgresServer server, TimeSpan duration)
{
    public const int Clients = 16;

    /// <summary>Long enough for the code of a scenario to be compiled for speed while both cores are busy.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    public static void Header() => Console.WriteLine(
        $"{"scenario",-44} {"req/s",8} {"p50 ms",8} {"p99 ms",8} {"cpu ms",7} {"pg ms",7} {"alloc B",9} | {"raw/s",8} {"ratio",6} | {"MLflow/s",8} {"times",6}");

    /// <summary>Drives the product, then the raw baseline, and prints both.</summary>
    /// <param name="mlflowPerSecond">What MLflow 3.11 reaches on such a machine; 0 when it was not measured.</param>
    /// <param name="raw">Operations per second of raw Npgsql with the same SQL; null when there is no baseline.</param>
    public async Task<LoadResult> RunAsync(
        string scenario, double mlflowPerSecond, Func<int, long, ReadOnlyMemory<byte>> request, Func<Task<double>>? raw = null, int clients = Clients)
    {
        await HttpLoad.RunAsync(plane.Address, clients, WarmUp, request);
        var allocatedBefore = await ProcessMeter.AllocatedBytesAsync(plane.Http);
        var cpuBefore = ProcessMeter.CpuSeconds(plane.Id);
        var postgresBefore = ProcessMeter.CpuSecondsOfFamily(server.ProcessId);
        var result = await HttpLoad.RunAsync(plane.Address, clients, duration, request);
        var cpu = (ProcessMeter.CpuSeconds(plane.Id) - cpuBefore) * 1000 / result.Requests;
        var postgres = (ProcessMeter.CpuSecondsOfFamily(server.ProcessId) - postgresBefore) * 1000 / result.Requests;
        var allocated = (await ProcessMeter.AllocatedBytesAsync(plane.Http) - allocatedBefore) / result.Requests;
        var baseline = raw is null ? 0 : await raw();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{scenario,-44} {result.PerSecond,8:0} {result.P50,8:0.00} {result.P99,8:0.00} {cpu,7:0.000} {postgres,7:0.000} {allocated,9:0} | ")
            + (baseline > 0 ? string.Create(CultureInfo.InvariantCulture, $"{baseline,8:0} {result.PerSecond / baseline,6:0.00} | ") : $"{"",8} {"",6} | ")
            + (mlflowPerSecond > 0 ? string.Create(CultureInfo.InvariantCulture, $"{mlflowPerSecond,8:0.0} {result.PerSecond / mlflowPerSecond,6:0.0}") : ""));
        return result;
    }
}
