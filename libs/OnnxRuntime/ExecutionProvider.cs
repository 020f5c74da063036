using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace MlopsPlane.OnnxRuntime;

/// <summary>What runs a model's operators.</summary>
/// <param name="Kind"><see cref="Cpu"/>, <see cref="Cuda"/>, or the name of a provider whose library is given.</param>
/// <param name="LibraryPath">Library of a provider that is no part of ONNX Runtime itself.</param>
/// <param name="Options">Options in the provider's own words; what is left out has our default.</param>
public sealed record ExecutionProvider(string Kind, string? LibraryPath = null, IReadOnlyDictionary<string, string>? Options = null)
{
    public const string Cpu = "cpu";

    public const string Cuda = "cuda";

    public static ExecutionProvider OfCpu { get; } = new(Cpu);

    public bool IsCpu => Kind == Cpu;

    /// <summary>Tries whether it can be used here, which only loading it shows.</summary>
    /// <exception cref="OnnxException">It cannot; the message is the library's.</exception>
    public void Probe(OnnxEnvironment environment)
    {
        using var options = new SessionOptions();
        ProviderAppend.To(options, this, environment);
    }
}
