using System.Runtime.InteropServices;

namespace MlopsPlane.InferenceGateway.ModelStore;

/// <summary>Brings a version's files to this replica's disk, verified, and keeps them while they are in use.</summary>
internal interface IModelStore
{
    /// <summary>
    /// The files of a version, downloaded unless they are here already; those that are here serve while the registry does
    /// not answer. Disposing gives them up for eviction.
    /// </summary>
    /// <param name="downloaded">Hears of each piece that has arrived, one after the other.</param>
    /// <exception cref="ModelRefusedException">The version cannot be served by us, whoever asks again.</exception>
    /// <exception cref="Primitives.PlaneException">
    /// 404: there is no such version. 503: registry or store do not answer now, or the cache has no place now.
    /// </exception>
    Task<StoredModel> GetAsync(string workspace, string model, int version, IProgress<Downloaded>? downloaded, CancellationToken ct);

    /// <summary>Looks whether a version can be served, as far as its list of files and its <c>MLmodel</c> tell; downloads nothing else.</summary>
    /// <exception cref="ModelRefusedException">It cannot.</exception>
    /// <exception cref="Primitives.PlaneException">404: there is no such version. 503: registry or store do not answer now.</exception>
    Task RequireServableAsync(string workspace, string model, int version, CancellationToken ct);
}

/// <summary>How far a download is.</summary>
/// <param name="Bytes">Bytes that have arrived so far, of all files.</param>
/// <param name="Total">Bytes of all files.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Downloaded(long Bytes, long Total);

/// <summary>A version's files on this replica's disk.</summary>
/// <param name="Digest">Of all files, as the registry makes it.</param>
/// <param name="Folder">Absolute path of the version's root.</param>
/// <param name="OnnxFile">Absolute path of the model's ONNX file.</param>
/// <param name="Bytes">Size of all files.</param>
/// <param name="Signature">Columns and tensors by MLflow's <c>MLmodel</c>; null without one.</param>
internal sealed record StoredModel(string Digest, string Folder, string OnnxFile, long Bytes, MlflowSignature? Signature, Action GiveUp) : IDisposable
{
    private int given;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref given, 1) == 0)
            GiveUp();
    }
}

/// <summary>What an <c>MLmodel</c> file says of a model's inputs and outputs.</summary>
internal sealed record MlflowSignature(IReadOnlyList<MlflowField> Inputs, IReadOnlyList<MlflowField> Outputs);

/// <param name="Name">Null where the signature names none.</param>
/// <param name="Type">Column type (<c>double</c>, <c>long</c>, <c>string</c>, ...) or NumPy type of a tensor (<c>float32</c>, ...).</param>
/// <param name="Shape">Of a tensor; null for a column.</param>
/// <param name="Required">False for a column that may be left out.</param>
internal sealed record MlflowField(string? Name, string Type, IReadOnlyList<long>? Shape, bool Required);

/// <summary>A version that we cannot serve; the message says why and what would help.</summary>
internal sealed class ModelRefusedException(string message, Exception? cause = null) : Exception(message, cause);
