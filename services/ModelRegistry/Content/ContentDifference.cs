namespace MlopsPlane.ModelRegistry.Content;

/// <summary>Says in words what became of files.</summary>
internal static class ContentDifference
{
    private const int MaxNamed = 20;

    /// <param name="before">Digest by path, as first read.</param>
    public static string Describe(IReadOnlyDictionary<string, string> before, IReadOnlyList<FoundFile> now)
    {
        var present = now.ToDictionary(file => file.Path, file => file.Sha256, StringComparer.Ordinal);
        var differences = before.Keys.Where(path => !present.ContainsKey(path)).Select(path => $"missing: {path}")
            .Concat(present.Where(file => before.TryGetValue(file.Key, out var digest) && digest != file.Value).Select(file => $"changed: {file.Key}"))
            .Concat(present.Keys.Where(path => !before.ContainsKey(path)).Select(path => $"added: {path}"))
            .Order(StringComparer.Ordinal).ToList();
        var named = string.Join("; ", differences.Take(MaxNamed));
        return differences.Count > MaxNamed ? $"{named}; and {differences.Count - MaxNamed} more" : named;
    }
}
