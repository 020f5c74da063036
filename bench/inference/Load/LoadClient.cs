using System.Diagnostics;
using System.Runtime.InteropServices;
using MlopsPlane.Bench.Inference.Processes;

namespace MlopsPlane.Bench.Inference.Load;

/// <summary>
/// Many connections from one thread on the client's core, which polls and never sleeps: cheaper than the servers that it
/// measures, so that these are what is full.
/// </summary>
internal static partial class LoadClient
{
    private const short CanRead = 1, CanWrite = 4;

    /// <summary>Requests of each connection one after the other.</summary>
    /// <param name="perSecond">Requests a second of all connections together, at even distances whether or not the one before was answered in time; 0 for as many as are answered.</param>
    public static Task<LoadResult> RunAsync(Uri address, int connections, TimeSpan duration, Func<IExchange> exchange, double perSecond = 0)
    {
        var done = new TaskCompletionSource<LoadResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                Core.Pin(Core.OfClient);
                done.SetResult(Run(address, connections, duration, exchange, perSecond));
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        }).Start();
        return done.Task;
    }

    private static LoadResult Run(Uri address, int count, TimeSpan duration, Func<IExchange> exchange, double perSecond)
    {
        var connections = Enumerable.Range(0, count).Select(_ => new Connection(address, exchange())).ToArray();
        try
        {
            var distance = perSecond > 0 ? (long)(Stopwatch.Frequency * count / perSecond) : 0;
            var began = Stopwatch.GetTimestamp();
            for (var i = 0; i < count; i++)
                connections[i].Due = began + distance * i / count;
            var latencies = new List<float>(1 << 20);
            Drive(connections, began + (long)(duration.TotalSeconds * Stopwatch.Frequency), distance, latencies);
            return LoadResult.Of(latencies, Stopwatch.GetElapsedTime(began));
        }
        finally
        {
            foreach (var connection in connections)
                connection.Dispose();
        }
    }

    private static void Drive(Connection[] connections, long end, long distance, List<float> latencies)
    {
        var polled = connections.Select(connection => new Polled { Handle = connection.Handle }).ToArray();
        while (true)
        {
            var now = Stopwatch.GetTimestamp();
            var busy = false;
            for (var i = 0; i < connections.Length; i++)
            {
                var connection = connections[i];
                if (!connection.IsBusy && now < end && (distance == 0 || connection.Due <= now))
                {
                    connection.Due = distance == 0 ? Stopwatch.GetTimestamp() : connection.Due;
                    connection.Begin();
                }

                busy |= connection.IsBusy;
                polled[i].Wanted = (short)(connection.HasMoreToSend ? CanRead | CanWrite : CanRead);
            }

            if (!busy && now >= end)
                return;
            if (Poll(polled, polled.Length, 0) == 0)
                continue;
            for (var i = 0; i < connections.Length; i++)
            {
                if ((polled[i].Seen & CanWrite) != 0)
                    connections[i].Send();
                if ((polled[i].Seen & ~CanWrite) == 0 || connections[i].Receive() is not (> 0 and var answered))
                    continue;
                latencies.Add((float)Stopwatch.GetElapsedTime(connections[i].Due, answered).TotalMicroseconds);
                connections[i].Due += distance;
                if (distance == 0 && answered < end)
                {
                    connections[i].Due = answered;
                    connections[i].Begin();
                }
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll([In, Out] Polled[] polled, nint count, int timeout);

    [StructLayout(LayoutKind.Sequential)]
    private struct Polled
    {
        public int Handle;
        public short Wanted;
        public short Seen;
    }
}
