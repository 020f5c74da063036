using System.Text;

namespace MlopsPlane.InferenceGateway.ModelStore.Format;

/// <summary>What MLflow's <c>MLmodel</c> says, as far as it concerns serving.</summary>
/// <param name="Path">Relative to the version's root.</param>
/// <param name="Flavors">Names of the flavors, in order of the file.</param>
/// <param name="OnnxData">Where the flavor <c>onnx</c> says that its file is, relative to the <c>MLmodel</c>; null without that flavor.</param>
internal sealed record MlmodelFile(string Path, IReadOnlyList<string> Flavors, string? OnnxData, MlflowSignature? Signature)
{
    public const string Name = "MLmodel";
    public const int MaxBytes = 1 << 20;
    private const string Onnx = "onnx";
    private const string DefaultData = "model.onnx";

    /// <summary>Of several the one nearest to the root speaks for the version; null when there is none.</summary>
    public static string? Find(IEnumerable<string> paths) => paths.Where(path => FilePaths.NameOf(path) == Name)
        .OrderBy(FilePaths.Depth).ThenBy(path => path, StringComparer.Ordinal).FirstOrDefault();

    /// <exception cref="ModelRefusedException">The file is broken; the message says where.</exception>
    public static MlmodelFile Parse(string path, byte[] content)
    {
        try
        {
            var root = YamlTree.Parse(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(content)) as Dictionary<string, object?>
                ?? throw new InvalidDataException("it is no mapping");
            var flavors = root.GetValueOrDefault("flavors") as Dictionary<string, object?> ?? [];
            var signature = root.GetValueOrDefault("signature") as Dictionary<string, object?>;
            return new(path, [.. flavors.Keys], flavors.TryGetValue(Onnx, out var onnx) ? DataOf(onnx) : null,
                signature is null ? null : SignatureJson.Read(Text(signature, "inputs"), Text(signature, "outputs")));
        }
        catch (Exception broken) when (broken is InvalidDataException or DecoderFallbackException)
        {
            throw new ModelRefusedException($"The file {path} cannot be read: {broken.Message}.", broken);
        }
    }

    private static string DataOf(object? flavor) => flavor is Dictionary<string, object?> map && map.GetValueOrDefault("data") is string data ? data : DefaultData;

    private static string? Text(Dictionary<string, object?> signature, string name) => signature.GetValueOrDefault(name) switch
    {
        null => null,
        string text => text,
        _ => throw new InvalidDataException($"signature.{name} is no text"),
    };
}
