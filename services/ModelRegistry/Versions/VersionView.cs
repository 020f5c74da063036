namespace MlopsPlane.ModelRegistry.Versions;

/// <summary>A version with everything that an answer about it shows.</summary>
/// <param name="Name">Name of its registered model.</param>
internal sealed record VersionView(
    string Name, ModelVersion Row, IReadOnlyList<KeyValuePair<string, string>> Tags, IReadOnlyList<string> Aliases);
