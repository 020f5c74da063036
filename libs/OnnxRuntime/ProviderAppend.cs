using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace MlopsPlane.OnnxRuntime;

/// <summary>
/// Appends an execution provider to a session's options. That is the only way to learn whether it is here: the list of
/// available providers names what was compiled in, whether or not its libraries can be loaded.
/// </summary>
internal static class ProviderAppend
{
    private static readonly ConcurrentDictionary<string, Lazy<bool>> Registered = new(StringComparer.Ordinal);

    /// <exception cref="OnnxException">The provider cannot be loaded; the message is the library's.</exception>
    public static void To(SessionOptions options, ExecutionProvider provider, OnnxEnvironment environment)
    {
        switch (provider)
        {
            case { Kind: ExecutionProvider.Cpu }:
                return;
            case { Kind: ExecutionProvider.Cuda, LibraryPath: null }:
                OnnxCall.Of(() => AppendCuda(options, provider));
                return;
            default:
                OnnxCall.Of(() => AppendPlugin(options, provider, environment.Native));
                return;
        }
    }

    private static void AppendCuda(SessionOptions options, ExecutionProvider provider)
    {
        // A search over all algorithms costs hundreds of milliseconds at each new shape and gains nothing afterwards.
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["device_id"] = "0",
            ["cudnn_conv_algo_search"] = "HEURISTIC",
            ["arena_extend_strategy"] = "kSameAsRequested",
        };
        foreach (var (key, value) in provider.Options ?? new Dictionary<string, string>(StringComparer.Ordinal))
            settings[key] = value;
        using var cuda = new OrtCUDAProviderOptions();
        // Every call starts from the defaults again, so all keys go in one.
        cuda.UpdateOptions(settings);
        options.AppendExecutionProvider_CUDA(cuda);
    }

    private static void AppendPlugin(SessionOptions options, ExecutionProvider provider, OrtEnv environment)
    {
        if (provider.LibraryPath is not { } path)
            throw new OnnxException(OnnxErrorCode.InvalidArgument, $"The execution provider '{provider.Kind}' needs the path of its library.");
        if (!File.Exists(path))
            throw new OnnxException(OnnxErrorCode.NoSuchFile, $"The library {path} of the execution provider '{provider.Kind}' does not exist.");
        var registered = Registered.GetOrAdd(path, file => new Lazy<bool>(() =>
        {
            environment.RegisterExecutionProviderLibrary(file, file);
            return true;
        }));
        try
        {
            _ = registered.Value;
        }
        catch
        {
            // What it needs may be there the next time.
            Registered.TryRemove(new(path, registered));
            throw;
        }

        var devices = environment.GetEpDevices().Where(device => string.Equals(device.EpName, provider.Kind, StringComparison.OrdinalIgnoreCase)).ToList();
        if (devices.Count == 0)
            throw new OnnxException(OnnxErrorCode.NotFound, $"The library {path} offers no device for the execution provider '{provider.Kind}'.");
        options.AppendExecutionProvider(environment, devices, provider.Options?.ToDictionary(StringComparer.Ordinal) ?? []);
    }
}
