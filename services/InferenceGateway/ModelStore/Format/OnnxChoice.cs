namespace MlopsPlane.InferenceGateway.ModelStore.Format;

/// <summary>Which of a version's files is its ONNX model.</summary>
internal static class OnnxChoice
{
    private const int MaxNamed = 5;

    /// <summary>What <c>MLmodel</c> says, else the ONNX file nearest to the root.</summary>
    /// <param name="title">The version, for messages.</param>
    /// <param name="paths">All files of the version, relative to its root.</param>
    /// <exception cref="ModelRefusedException">There is none, or it is not clear which.</exception>
    public static string Find(string title, IReadOnlyCollection<string> paths, MlmodelFile? mlmodel)
    {
        if (mlmodel?.OnnxData is { } data)
        {
            if (!FilePaths.TryResolve(FilePaths.FolderOf(mlmodel.Path), data, out var path))
                throw new ModelRefusedException($"{title}: {mlmodel.Path} names the ONNX file '{data}', which is not below its own folder.");
            return paths.Contains(path, StringComparer.Ordinal)
                ? path
                : throw new ModelRefusedException($"{title}: {mlmodel.Path} names the ONNX file '{data}', which is not among the version's files.");
        }

        var nearest = paths.Where(IsOnnx).GroupBy(FilePaths.Depth).MinBy(level => level.Key)?.ToList() ?? [];
        return nearest switch
        {
            [] => throw None(title, paths, mlmodel),
            [var only] => only,
            _ => nearest.Where(path => FilePaths.NameOf(path) == "model.onnx").ToList() is [var model] ? model
                : throw new ModelRefusedException($"{title} has several ONNX files ({Named(nearest)}) and nothing says which is the model: name one of them model.onnx."),
        };
    }

    public static bool IsOnnx(string path) => path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);

    private static ModelRefusedException None(string title, IReadOnlyCollection<string> paths, MlmodelFile? mlmodel)
    {
        var has = mlmodel is { Flavors.Count: > 0 }
            ? $"its MLmodel has the flavors {string.Join(", ", mlmodel.Flavors)}"
            : $"it has the files {Named(paths)} and no MLmodel with a flavor";
        return new($"{title} cannot be served because it has no ONNX file: {has}. {FlavorAdvice.For(mlmodel?.Flavors ?? [])}");
    }

    private static string Named(IReadOnlyCollection<string> paths) =>
        string.Join(", ", paths.Take(MaxNamed)) + (paths.Count > MaxNamed ? $" and {paths.Count - MaxNamed} more" : "");
}
