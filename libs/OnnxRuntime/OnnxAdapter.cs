using Microsoft.ML.OnnxRuntime;

namespace MlopsPlane.OnnxRuntime;

/// <summary>
/// A low-rank adapter (LoRA) in ONNX Runtime's own format, a flat buffer of named tensors. They take the place of the
/// model's inputs of those names in the runs that it is active for.
/// </summary>
public sealed class OnnxAdapter : IDisposable
{
    private readonly OrtLoraAdapter native;

    private OnnxAdapter(OrtLoraAdapter native) => this.native = native;

    /// <param name="environment">In which the library is loaded.</param>
    /// <exception cref="OnnxException">There is no such file, or it holds no adapter.</exception>
    public static OnnxAdapter Load(string file, OnnxEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return new(OnnxCall.Of(() => OrtLoraAdapter.Create(file, null)));
    }

    /// <inheritdoc cref="Load(string, OnnxEnvironment)"/>
    public static OnnxAdapter Load(byte[] content, OnnxEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return new(OnnxCall.Of(() => OrtLoraAdapter.Create(content, null)));
    }

    /// <summary>
    /// Active in every run with these options, except runs with bound memory, which the library runs without. Adapters that are
    /// active together must not share a name.
    /// </summary>
    public void Activate(RunOptions options) => OnnxCall.Of(() => options.AddActiveLoraAdapter(native));

    public void Dispose() => native.Dispose();
}
