using Microsoft.ML.OnnxRuntime;

namespace MlopsPlane.OnnxRuntime;

/// <summary>
/// The library's one environment: one pool of threads and one arena of memory for every model, so that models neither
/// start threads of their own nor keep memory that others could use. It lives as long as the process.
/// </summary>
public sealed class OnnxEnvironment
{
    // Grows by what is asked for: doubling holds on to memory that nobody will use.
    private const int SameAsRequested = 1;
    private static readonly Lock Starting = new();
    private static OnnxEnvironment? current;

    // The library calls it for as long as the process lives.
    private readonly DOrtLoggingFunction logging;
    private readonly Action<OnnxLogLevel, string>? log;

    private OnnxEnvironment(OnnxSettings settings)
    {
        OnnxLibrary.Load(settings.LibraryPath);
        log = settings.Log;
        logging = Tell;
        // The platform counts what the cgroup's quota leaves of the machine.
        Threads = settings.Threads > 0 ? settings.Threads : Environment.ProcessorCount;
        using var threading = new OrtThreadingOptions { GlobalIntraOpNumThreads = Threads, GlobalInterOpNumThreads = 1, GlobalSpinControl = false };
        var options = new EnvironmentCreationOptions
        {
            logId = "plane",
            logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING,
            threadOptions = threading,
            loggingFunction = logging,
        };
        Native = OnnxCall.Of(() => OrtEnv.CreateInstanceWithOptions(ref options));
        using var memory = OnnxModel.ArenaInfo();
        using var arena = new OrtArenaCfg(0, SameAsRequested, -1, -1);
        OnnxCall.Of(() => Native.CreateAndRegisterAllocator(memory, arena));
    }

    /// <summary>Threads that share the work of one operator.</summary>
    public int Threads { get; }

    /// <summary>The library's version, e.g. <c>1.31.1</c>.</summary>
    public string Version => Native.GetVersionString();

    internal OrtEnv Native { get; }

    /// <summary>The process's environment, made at the first call.</summary>
    /// <exception cref="OnnxException">The library cannot be loaded.</exception>
    public static OnnxEnvironment Start(OnnxSettings settings)
    {
        lock (Starting)
            return current ??= new OnnxEnvironment(settings);
    }

    private void Tell(IntPtr param, OrtLoggingLevel severity, string category, string logId, string codeLocation, string message)
    {
        try
        {
            log?.Invoke(severity >= OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR ? OnnxLogLevel.Error : OnnxLogLevel.Warning, message);
        }
        catch (Exception lost)
        {
            // The log ends before the library does, and native code that called here would take the process with it.
            _ = lost;
        }
    }
}
