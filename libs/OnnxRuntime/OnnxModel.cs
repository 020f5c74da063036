using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace MlopsPlane.OnnxRuntime;

/// <summary>A model that is loaded and can be run by many threads at once.</summary>
public sealed class OnnxModel : IDisposable
{
    // A window of the session on the arena that all share.
    private readonly OrtAllocator arena;

    private OnnxModel(InferenceSession session, ExecutionProvider provider, string? fallbackReason)
    {
        using (var info = ArenaInfo())
            arena = new OrtAllocator(session, info);
        Session = session;
        Provider = provider;
        FallbackReason = fallbackReason;
        Inputs = [.. session.InputNames.Select(name => SpecOf(name, session.InputMetadata[name])).OfType<TensorSpec>()];
        Outputs = [.. session.OutputNames.Select(name => SpecOf(name, session.OutputMetadata[name])).OfType<TensorSpec>()];
        OtherInputs = [.. session.InputNames.Where(name => session.InputMetadata[name].OnnxValueType != OnnxValueType.ONNX_TYPE_TENSOR)];
        OtherOutputs = [.. session.OutputNames.Where(name => session.OutputMetadata[name].OnnxValueType != OnnxValueType.ONNX_TYPE_TENSOR)];
    }

    public InferenceSession Session { get; }

    /// <summary>What runs it.</summary>
    public ExecutionProvider Provider { get; }

    /// <summary>Why it runs on the CPU although another provider was wanted; null when it runs where it should.</summary>
    public string? FallbackReason { get; }

    /// <summary>Inputs that are tensors, in the model's order.</summary>
    public IReadOnlyList<TensorSpec> Inputs { get; }

    /// <summary>Outputs that are tensors, in the model's order.</summary>
    public IReadOnlyList<TensorSpec> Outputs { get; }

    /// <summary>Names of inputs that are sequences, maps or optional.</summary>
    public IReadOnlyList<string> OtherInputs { get; }

    /// <summary>Names of outputs that are sequences or maps, such as the probabilities of classifiers made from scikit-learn.</summary>
    public IReadOnlyList<string> OtherOutputs { get; }

    /// <summary>Loads a model; external weights are read from files beside it.</summary>
    /// <param name="fallBackToCpu">Runs it on the CPU when the provider cannot be loaded.</param>
    /// <exception cref="OnnxException">It is no model that can be run here, or the provider is missing.</exception>
    public static OnnxModel Load(string file, ExecutionProvider provider, bool fallBackToCpu, OnnxEnvironment environment) =>
        Load(options => new InferenceSession(file, options), provider, fallBackToCpu, environment);

    /// <summary>Loads a model from memory.</summary>
    /// <param name="external">Contents of the files that it keeps weights in, by the paths that it names.</param>
    /// <inheritdoc cref="Load(string, ExecutionProvider, bool, OnnxEnvironment)"/>
    public static OnnxModel Load(
        byte[] model, ExecutionProvider provider, bool fallBackToCpu, OnnxEnvironment environment, IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? external = null) =>
        Load(
            options =>
            {
                using var files = external is { Count: > 0 } ? new ExternalFiles(options, external) : null;
                return new InferenceSession(model, options);
            },
            provider, fallBackToCpu, environment);

    /// <summary>What the arena holds that all models' runs on the CPU share; null where the library does not tell.</summary>
    public ArenaMemory? Arena => NativeApi.StatisticsOf(arena.DangerousGetHandle()) is { } told
        ? new(told.GetValueOrDefault("InUse"), told.GetValueOrDefault("TotalAllocated"), told.GetValueOrDefault("MaxInUse"))
        : null;

    /// <summary>Options of a run that at its end gives the arenas' unused memory back to the system, and a GPU's to the device.</summary>
    public RunOptions ShrinkingOptions()
    {
        var options = new RunOptions();
        options.AddRunConfigEntry("memory.enable_memory_arena_shrinkage", Provider.Kind == ExecutionProvider.Cuda ? "cpu:0;gpu:0" : "cpu:0");
        return options;
    }

    public void Dispose()
    {
        arena.Dispose();
        Session.Dispose();
    }

    internal static OrtMemoryInfo ArenaInfo() => new(OrtMemoryInfo.allocatorCPU, OrtAllocatorType.ArenaAllocator, 0, OrtMemType.Default);

    private static OnnxModel Load(Func<SessionOptions, InferenceSession> create, ExecutionProvider provider, bool fallBackToCpu, OnnxEnvironment environment)
    {
        using var options = NewOptions();
        string? reason = null;
        try
        {
            ProviderAppend.To(options, provider, environment);
        }
        catch (OnnxException missing) when (fallBackToCpu)
        {
            (provider, reason) = (ExecutionProvider.OfCpu, missing.Message);
        }

        return new(OnnxCall.Of(() => create(options)), provider, reason);
    }

    private static SessionOptions NewOptions()
    {
        var options = new SessionOptions();
        options.DisablePerSessionThreads();
        options.AddSessionConfigEntry("session.use_env_allocators", "1");
        // Weights stay out of the arena, which then can be given back whole.
        options.AddSessionConfigEntry("session.use_device_allocator_for_initializers", "1");
        return options;
    }

    private static TensorSpec? SpecOf(string name, NodeMetadata node) => node.OnnxValueType != OnnxValueType.ONNX_TYPE_TENSOR
        ? null
        : new(name, node.ElementDataType, [.. node.Dimensions.Select(size => (long)size)], node.SymbolicDimensions);
}
