namespace MlopsPlane.Storage.Artifacts.S3;

/// <summary>Where paths lie in a bucket.</summary>
internal sealed class S3Keys(string bucket, string prefix)
{
    private readonly ArtifactPath root = ArtifactPath.TryParse(prefix.Trim('/'), out var parsed)
        ? parsed
        : throw new InvalidOperationException($"Artifacts:S3:Prefix '{prefix}' is not a plain path.");

    public string Bucket { get; } = bucket;

    public string Of(ArtifactPath path) => root.Join(path).Value;

    /// <summary>The common beginning of all keys in a folder.</summary>
    public string Below(ArtifactPath folder) => Of(folder) is { Length: > 0 } key ? key + "/" : "";
}
