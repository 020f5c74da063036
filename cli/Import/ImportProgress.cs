using System.Globalization;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Import;

/// <summary>Tells on standard error how far an import is: a line that is written over on a terminal, one every few seconds otherwise.</summary>
internal sealed class ImportProgress : IAsyncDisposable
{
    private static readonly TimeSpan OnTerminal = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan InLogs = TimeSpan.FromSeconds(5);
    private readonly Screen screen;
    private readonly TimeProvider clock;
    private readonly long begun;
    private readonly ITimer timer;
    private readonly bool terminal = !Console.IsErrorRedirected;
    private long runs;
    private long points;
    private long bytes;
    private string phase = "";

    public ImportProgress(Screen screen, TimeProvider clock)
    {
        (this.screen, this.clock, begun) = (screen, clock, clock.GetTimestamp());
        var period = terminal ? OnTerminal : InLogs;
        timer = clock.CreateTimer(_ => Tell(), null, period, period);
    }

    public double Seconds => clock.GetElapsedTime(begun).TotalSeconds;

    public long RunCount => Interlocked.Read(ref runs);

    public long PointCount => Interlocked.Read(ref points);

    public void Phase(string name) => Volatile.Write(ref phase, name);

    public void Run() => Interlocked.Increment(ref runs);

    public void Points(int count) => Interlocked.Add(ref points, count);

    public void Bytes(long count) => Interlocked.Add(ref bytes, count);

    public async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync();
        if (terminal)
            Console.Error.Write("\r\x1b[K");
    }

    private void Tell()
    {
        var text = string.Create(CultureInfo.InvariantCulture,
            $"{Volatile.Read(ref phase)}: {RunCount} runs, {PointCount} points, {Interlocked.Read(ref bytes) >> 20} MiB of artifacts, {RunCount / Math.Max(Seconds, 0.001):0.0} runs/s");
        if (terminal)
            Console.Error.Write($"\r\x1b[K{SafeText.Of(text)}");
        else
            screen.Message(text);
    }
}
