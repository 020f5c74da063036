namespace MlopsPlane.InferenceGateway.Tests;

/// <summary>The small ONNX models that <c>eng/test-models.py</c> writes.</summary>
internal static class TestModels
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "models");

    /// <summary>A file by its path below <c>tests/models</c>.</summary>
    public static string File(string name) => Path.Combine(Folder, name);

    public static byte[] Read(string name) => System.IO.File.ReadAllBytes(File(name));
}
