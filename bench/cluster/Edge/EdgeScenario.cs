using System.Diagnostics;
using System.Globalization;
using System.Text;
using MlopsPlane.Bench.Tracker;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Bench.Cluster.Edge;

/// <summary>
/// The edge with identity, limits and request log on against bare YARP, in turns on the same machine with the same client:
/// requests a second, CPU a request of the proxy's process, p50 and p99.
/// </summary>
internal static class EdgeScenario
{
    private const string Path = "/api/2.0/mlflow/runs/get?run_id=0123456789abcdef0123456789abcdef";
    private const int Connections = 16;
    private const int Rounds = 5;

    public static async Task RunAsync(int seconds)
    {
        await using var plane = await EdgeProcesses.StartAsync();
        var request = Encoding.ASCII.GetBytes($"GET {Path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {plane.Key}\r\n\r\n");
        var (bare, edge) = (new List<Round>(), new List<Round>());
        var slice = TimeSpan.FromSeconds(seconds / (double)Rounds);
        await MeasureAsync(plane.Bare, request, TimeSpan.FromSeconds(5), Connections);
        await MeasureAsync(plane.Edge, request, TimeSpan.FromSeconds(5), Connections);
        for (var round = 0; round < Rounds; round++)
        {
            bare.Add(await MeasureAsync(plane.Bare, request, slice, Connections));
            edge.Add(await MeasureAsync(plane.Edge, request, slice, Connections));
        }

        Print("bare YARP", Median(bare));
        Print("edge", Median(edge));
        var (b, e) = (Median(bare), Median(edge));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"edge / bare YARP: {e.PerSecond / b.PerSecond:0.00} of the requests/s (aim 0.70), {e.CpuMicroseconds / b.CpuMicroseconds:0.00} x the CPU a request (aim 1.4)"));
        await MeasureAloneAsync(plane, request, slice);
    }

    /// <summary>One connection, so that the difference of the medians is the edge's own time and not a queue's.</summary>
    private static async Task MeasureAloneAsync(EdgeProcesses plane, byte[] request, TimeSpan slice)
    {
        var (bare, edge) = (new List<Round>(), new List<Round>());
        for (var round = 0; round < Rounds; round++)
        {
            bare.Add(await MeasureAsync(plane.Bare, request, slice, 1));
            edge.Add(await MeasureAsync(plane.Edge, request, slice, 1));
        }

        var (b, e) = (Median(bare), Median(edge));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"one connection: p50 {b.P50 * 1000:0} µs bare, {e.P50 * 1000:0} µs edge: +{(e.P50 - b.P50) * 1000:0} µs (aim 60); p99 {b.P99 * 1000:0} µs, {e.P99 * 1000:0} µs"));
    }

    private static async Task<Round> MeasureAsync(PlaneProcess proxy, byte[] request, TimeSpan duration, int connections)
    {
        var before = ProcessMeter.CpuSeconds(proxy.Id);
        var load = await HttpLoad.RunAsync(proxy.Address, connections, duration, (_, _) => request);
        var cpu = ProcessMeter.CpuSeconds(proxy.Id) - before;
        return new Round(load.PerSecond, cpu * 1e6 / load.Requests, load.P50, load.P99);
    }

    private static Round Median(List<Round> rounds)
    {
        double Of(Func<Round, double> value) => rounds.Select(value).Order().ElementAt(rounds.Count / 2);
        return new Round(Of(one => one.PerSecond), Of(one => one.CpuMicroseconds), Of(one => one.P50), Of(one => one.P99));
    }

    private static void Print(string name, Round round) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{name,-10} {round.PerSecond,8:0} req/s  {round.CpuMicroseconds,6:0} µs CPU/req  p50 {round.P50:0.00} ms  p99 {round.P99:0.00} ms"));

    /// <param name="CpuMicroseconds">CPU time of the proxy's process a request.</param>
    /// <param name="P50">Milliseconds.</param>
    private sealed record Round(double PerSecond, double CpuMicroseconds, double P50, double P99);
}
