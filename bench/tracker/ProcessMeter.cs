using System.Diagnostics;
using System.Globalization;

namespace MlopsPlane.Bench.Tracker;

/// <summary>CPU time of a process, or of all processes of one name, from /proc.</summary>
internal static class ProcessMeter
{
    private const double TicksPerSecond = 100;

    public static double CpuSeconds(int pid)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            // Fields 14 and 15 (user and system time), and 16 and 17 for children that have ended.
            return fields[11..15].Sum(field => double.Parse(field, CultureInfo.InvariantCulture)) / TicksPerSecond;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>CPU time of a process and its children, those that have ended among them.</summary>
    public static double CpuSecondsOfFamily(int parent) => CpuSeconds(parent) + Children(parent).Sum(CpuSeconds);

    public static double ResidentMegabytes(int pid)
    {
        var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/status")).First(text => text.StartsWith("VmRSS", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>Mean time of an 8 KiB write with fsync in the folder where the database lies, in milliseconds.</summary>
    public static double FsyncMilliseconds(string folder)
    {
        var path = Path.Combine(folder, "fsync-probe");
        try
        {
            using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            var page = new byte[8192];
            var begin = Stopwatch.GetTimestamp();
            const int Rounds = 200;
            for (var i = 0; i < Rounds; i++)
            {
                file.Write(page);
                file.Flush(flushToDisk: true);
            }

            return Stopwatch.GetElapsedTime(begin).TotalMilliseconds / Rounds;
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Bytes that the product has allocated on its heap since its start, from its own metrics.</summary>
    public static async Task<double> AllocatedBytesAsync(HttpClient http)
    {
        var metrics = await http.GetStringAsync("/metrics");
        var line = metrics.Split('\n').First(text => text.StartsWith("dotnet_gc_heap_total_allocated_bytes", StringComparison.Ordinal));
        return double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
    }

    private static IEnumerable<int> Children(int parent)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid))
                continue;
            string stat;
            try
            {
                stat = File.ReadAllText(Path.Combine(folder, "stat"));
            }
            catch (IOException)
            {
                // It ended while we looked.
                continue;
            }

            if (stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == parent.ToString(CultureInfo.InvariantCulture))
                yield return pid;
        }
    }
}
