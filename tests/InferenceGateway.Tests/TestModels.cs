namespace MlopsPlane.InferenceGateway.Tests;

/// <summary>The small ONNX models that <c>eng/test-models.py</c> writes.</summary>
internal static class TestModels
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "models");

    /// <summary>A file by its path below <c>tests/models</c>.</summary>
    public static string File(string name) => Path.Combine(Folder, name);

    /// <summary>What mlflow.onnx.log_model writes of a linear model with the signature of four columns.</summary>
    public static IEnumerable<(string Path, byte[] Content)> FolderOfMlflow =>
        Directory.GetFiles(File("mlflow-folder")).Select(file => (Path.GetFileName(file), System.IO.File.ReadAllBytes(file)));

    public static byte[] Read(string name) => System.IO.File.ReadAllBytes(File(name));
}
