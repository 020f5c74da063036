using System.Diagnostics;
using System.Globalization;

namespace MlopsPlane.Bench.Inference.Processes;

/// <summary>The baseline of compute: the same binding on memory that is bound once, in a loop and nothing else, on the server's core.</summary>
internal static class RawRuns
{
    public const string Verb = "raw";

    /// <summary>Runs a model for some seconds and prints the CPU time and the median time of a run, in microseconds.</summary>
    public static void Run(string file, string rows, string seconds)
    {
        using var bound = BoundModel.Load(file, long.Parse(rows, CultureInfo.InvariantCulture));
        var duration = TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture));
        Repeat(bound, duration / 4);
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        var times = Repeat(bound, duration);
        var cpu = Process.GetCurrentProcess().TotalProcessorTime - before;
        times.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{cpu.TotalMicroseconds / times.Count} {times[times.Count / 2]}"));
    }

    /// <summary>The same from another process.</summary>
    /// <returns>CPU time and median time of a run, in microseconds.</returns>
    public static async Task<(double Cpu, double Median)> MeasureAsync(string file, int rows, double seconds)
    {
        var info = new ProcessStartInfo("dotnet", [typeof(RawRuns).Assembly.Location, Verb, file, $"{rows}", seconds.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var process = await Core.StartOnServerAsync(() => Task.FromResult(Process.Start(info)!));
        var told = (await process.StandardOutput.ReadToEndAsync()).Split(' ');
        return (double.Parse(told[0], CultureInfo.InvariantCulture), double.Parse(told[1], CultureInfo.InvariantCulture));
    }

    private static List<double> Repeat(BoundModel bound, TimeSpan duration)
    {
        var times = new List<double>(1 << 20);
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < duration)
        {
            var start = Stopwatch.GetTimestamp();
            bound.Run();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        return times;
    }
}
