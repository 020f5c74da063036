using System.Globalization;
using MlopsPlane.Bench.Inference.Load;

namespace MlopsPlane.Bench.Inference.Scenarios;

/// <summary>A load and what it cost the server.</summary>
/// <param name="CpuMicroseconds">CPU time of the server's process a request.</param>
internal sealed record Measured(LoadResult Load, double CpuMicroseconds)
{
    private const int Rounds = 3;

    // Until the code that a scenario uses is compiled with its profile.
    private const double WarmSeconds = 3;

    /// <summary>Warms up, then measures.</summary>
    /// <param name="cpuSeconds">CPU time of the server's process since its start.</param>
    public static async Task<Measured> OfAsync(
        Uri address, int connections, double seconds, Func<IExchange> exchange, Func<double> cpuSeconds, double perSecond = 0)
    {
        await LoadClient.RunAsync(address, connections, TimeSpan.FromSeconds(WarmSeconds), exchange, perSecond);
        var before = cpuSeconds();
        var load = await LoadClient.RunAsync(address, connections, TimeSpan.FromSeconds(seconds), exchange, perSecond);
        return new Measured(load, (cpuSeconds() - before) * 1e6 / load.Requests);
    }

    /// <summary>Two servers in turns, so that what else the machine does meets both; the round with the median ratio counts.</summary>
    public static async Task<(Measured One, Measured Other)> InTurnsAsync(Func<double, Task<Measured>> one, Func<double, Task<Measured>> other, double seconds)
    {
        var rounds = new List<(Measured One, Measured Other)>();
        for (var round = 0; round < Rounds; round++)
            rounds.Add((await one(seconds / Rounds), await other(seconds / Rounds)));
        return rounds.OrderBy(round => round.One.Load.PerSecond / round.Other.Load.PerSecond).ElementAt(Rounds / 2);
    }

    public void Print(string name) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"  {name,-44} {Load.PerSecond,9:0} req/s {CpuMicroseconds,8:0.0} µs CPU/req   p50 {Load.P50,8:0} µs   p99 {Load.P99,8:0} µs"));
}
