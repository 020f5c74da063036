using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MlopsPlane.OnnxRuntime;

namespace MlopsPlane.InferenceGateway.Loading;

/// <summary>ONNX Runtime as this replica is configured to use it, and the execution providers that work here.</summary>
internal sealed partial class NativeRuntime
{
    private readonly ServingOptions options;
    private readonly ILogger<NativeRuntime> logger;
    private readonly Lazy<IReadOnlyList<string>> usable;

    public NativeRuntime(IOptions<ServingOptions> options, ILogger<NativeRuntime> logger)
    {
        (this.options, this.logger) = (options.Value, logger);
        usable = new(Probe);
    }

    /// <summary>
    /// Names of the providers that can be loaded here, which the first call finds out. Without a library or a provider of
    /// the configuration there is the CPU only, and nothing is loaded to know that.
    /// </summary>
    public IReadOnlyList<string> Usable => usable.Value;

    /// <exception cref="OnnxException">The library cannot be loaded.</exception>
    public OnnxEnvironment Environment => OnnxEnvironment.Start(new OnnxSettings
    {
        LibraryPath = options.OnnxRuntimeLibrary,
        Threads = options.Threads,
        Log = (level, message) => Log.Native(logger, level == OnnxLogLevel.Error ? LogLevel.Debug : LogLevel.Information, message),
    });

    /// <exception cref="OnnxException">This replica does not allow one of the settings.</exception>
    public ExecutionProvider ProviderOf(string kind, IReadOnlyDictionary<string, string>? settings = null)
    {
        if (!options.Providers.TryGetValue(kind, out var library))
            return new(kind, null, settings);
        var allowed = options.ProviderOptions.TryGetValue(kind, out var keys) ? keys.Split(',', StringSplitOptions.TrimEntries) : [];
        var other = settings?.Keys.FirstOrDefault(key => !allowed.Contains(key, StringComparer.Ordinal));
        return other is null
            ? new(kind, library, settings)
            : throw new OnnxException(OnnxErrorCode.InvalidArgument, $"The option '{other}' of the provider '{kind}' is not among those of Serving:ProviderOptions:{kind} on this replica.");
    }

    private List<string> Probe()
    {
        var here = new List<string> { ExecutionProvider.Cpu };
        var candidates = options.OnnxRuntimeLibrary is null ? options.Providers.Keys : options.Providers.Keys.Append(ExecutionProvider.Cuda);
        foreach (var kind in candidates.Distinct(StringComparer.Ordinal))
        {
            try
            {
                ProviderOf(kind).Probe(Environment);
                here.Add(kind);
            }
            catch (OnnxException missing)
            {
                Log.Missing(logger, kind, missing.Message);
            }
        }

        here.Sort(StringComparer.Ordinal);
        return here;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "The execution provider {Provider} cannot be used here: {Reason}")]
        public static partial void Missing(ILogger logger, string provider, string reason);

        [LoggerMessage(EventId = 2, Message = "ONNX Runtime: {Message}")]
        public static partial void Native(ILogger logger, LogLevel level, string message);
    }
}
