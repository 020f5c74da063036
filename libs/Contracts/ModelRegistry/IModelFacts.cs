namespace MlopsPlane.Contracts.ModelRegistry;

/// <summary>The gateway's questions to the registry. In process in AllInOne, HTTP in the cluster.</summary>
public interface IModelFacts
{
    /// <summary>A version by its number; null when the workspace has no such version.</summary>
    Task<ModelVersionFacts?> FindVersionAsync(string workspace, string model, int version, CancellationToken ct);

    /// <summary>The version that an alias points to, the newest one for <c>latest</c>; null when there is none.</summary>
    Task<ModelVersionFacts?> FindByAliasAsync(string workspace, string model, string alias, CancellationToken ct);
}

/// <summary>A version of a registered model, as far as whoever serves it needs to know it.</summary>
/// <param name="Stage">MLflow's stage.</param>
/// <param name="Source">What the client named as its source.</param>
/// <param name="StorageLocation">Where the files are, when the source is a reference to a model; else the source itself.</param>
/// <param name="RunId">The producing run; null when none is known.</param>
/// <param name="ContentState">One of <see cref="ContentStates"/>.</param>
/// <param name="ContentReason">Why the content is not complete.</param>
/// <param name="Digest">SHA-256, in hex, over one line <c>digest, two spaces, path</c> for each file in byte order of the paths.</param>
/// <param name="TotalBytes">Size of all files; 0 while they were not read.</param>
/// <param name="FileCount">How many files there are; 0 while they were not read.</param>
/// <param name="Files">The first 10,000 of them, in byte order of the paths; empty while they were not read.</param>
/// <param name="OnnxFile">Path of the file that the registry takes for the ONNX model; null when it found none.</param>
public sealed record ModelVersionFacts(
    string Model, int Version, string Stage, string Source, string StorageLocation, string? RunId, DateTimeOffset CreatedAt,
    string ContentState, string? ContentReason, string? Digest, long TotalBytes, int FileCount, IReadOnlyList<ModelFile> Files, string? OnnxFile);

/// <summary>One file of a version.</summary>
/// <param name="Path">Relative to the version's root.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Sha256">In lower-case hex.</param>
public sealed record ModelFile(string Path, long Size, string Sha256);

/// <summary>How far the registry got with reading a version's files.</summary>
public static class ContentStates
{
    public const string Pending = "pending";
    public const string Complete = "complete";

    /// <summary>The files are not in this product's store, or there are none.</summary>
    public const string Unavailable = "unavailable";

    /// <summary>The files could not be read, again and again.</summary>
    public const string Failed = "failed";
}
