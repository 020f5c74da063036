using System.Runtime.InteropServices;

namespace MlopsPlane.Bench.Inference.Processes;

/// <summary>Keeps threads, and the processes that they start, on one core each: what is measured has a core that its client does not use.</summary>
internal static partial class Core
{
    public const int OfClient = 0;
    public const int OfServer = 1;

    /// <summary>Starts a process on the server's core.</summary>
    /// <param name="start">Must start the process before it first waits: a process is born on the cores of the thread that starts it.</param>
    public static Task<T> StartOnServerAsync<T>(Func<Task<T>> start)
    {
        Pin(OfServer);
        try
        {
            return start();
        }
        finally
        {
            Pin(OfClient);
        }
    }

    /// <summary>Keeps the calling thread on a core.</summary>
    public static void Pin(int core)
    {
        var mask = 1UL << core;
        if (SetAffinity(0, sizeof(ulong), ref mask) != 0)
            throw new InvalidOperationException($"This thread cannot be kept on core {core}: the bench needs two cores of its own.");
    }

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SetAffinity(int thread, nint size, ref ulong mask);
}
