using System.Runtime.InteropServices;

namespace MlopsPlane.InferenceGateway.Tests;

/// <summary>The small ONNX models that <c>eng/test-models.py</c> writes.</summary>
internal static class TestModels
{
    private const float Marker = 12345.678f;

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "models");

    /// <summary>A file by its path below <c>tests/models</c>.</summary>
    public static string File(string name) => Path.Combine(Folder, name);

    /// <summary>What mlflow.onnx.log_model writes of a linear model with the signature of four columns.</summary>
    public static IEnumerable<(string Path, byte[] Content)> FolderOfMlflow =>
        Directory.GetFiles(File("mlflow-folder")).Select(file => (Path.GetFileName(file), System.IO.File.ReadAllBytes(file)));

    /// <summary>A model that adds a constant to every element; another constant makes other content of the same size.</summary>
    public static byte[] Add(float constant)
    {
        var bytes = Read("add-constant.onnx");
        var at = bytes.AsSpan().IndexOf(MemoryMarshal.AsBytes([Marker]));
        Assert.True(at > 0);
        MemoryMarshal.Write(bytes.AsSpan(at), constant);
        return bytes;
    }

    public static byte[] Read(string name) => System.IO.File.ReadAllBytes(File(name));
}
