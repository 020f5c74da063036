using MlopsPlane.Contracts.ModelRegistry;
using MlopsPlane.ModelRegistry.Versions;

namespace MlopsPlane.ModelRegistry.Content;

/// <summary>
/// What a version's files were when they were first read: their digest never changes afterwards, a check only compares.
/// </summary>
public sealed class VersionContent
{
    public const string Pending = ContentStates.Pending;
    public const string Complete = ContentStates.Complete;

    /// <summary>The files are not in this product's store, or there are none.</summary>
    public const string Unavailable = ContentStates.Unavailable;

    /// <summary>The files could not be read, again and again.</summary>
    public const string Failed = ContentStates.Failed;

    public const string Intact = "intact";
    public const string Changed = "changed";

    public long ModelKey { get; init; }

    public int Version { get; init; }

    public int WorkspaceId { get; init; }

    public string State { get; set; } = Pending;

    /// <summary>SHA-256, in hex, over one line <c>digest, two spaces, path</c> for each file in byte order of the paths.</summary>
    public string? Digest { get; set; }

    public long TotalBytes { get; set; }

    public int FileCount { get; set; }

    /// <summary>Why the state is what it is, when it is not complete.</summary>
    public string? Reason { get; set; }

    /// <summary>When the files are to be read next, in microseconds since 1970 UTC; null when nothing is to be done.</summary>
    public long? DueAt { get; set; }

    /// <summary>Readings in a row that came to nothing.</summary>
    public int Attempts { get; set; }

    /// <summary>When the digest was made. Microseconds since 1970 UTC.</summary>
    public long? InspectedAt { get; set; }

    /// <summary>Somebody wants to know whether the files are still the same.</summary>
    public bool CheckRequested { get; set; }

    /// <summary><see cref="Intact"/> or <see cref="Changed"/>, by the last check; null when there was none.</summary>
    public string? CheckResult { get; set; }

    /// <summary>What the last check found different.</summary>
    public string? CheckDetail { get; set; }

    /// <inheritdoc cref="InspectedAt"/>
    public long? CheckedAt { get; set; }

    internal static VersionContent Awaiting(ModelVersion version) => new()
    {
        ModelKey = version.ModelKey,
        Version = version.Version,
        WorkspaceId = version.WorkspaceId,
        DueAt = version.CreatedAt,
    };
}

/// <summary>One file of a version.</summary>
public sealed class VersionFile
{
    public long ModelKey { get; init; }

    public int Version { get; init; }

    /// <summary>Place in the byte order of the paths; part of the key because paths can be too long for an index.</summary>
    public int Number { get; init; }

    public int WorkspaceId { get; init; }

    /// <summary>Relative to the version's root.</summary>
    public required string Path { get; init; }

    public long Size { get; init; }

    /// <summary>In lower-case hex.</summary>
    public required string Sha256 { get; init; }
}

/// <summary>What the ONNX file of a version says of itself.</summary>
public sealed class VersionSignature
{
    public long ModelKey { get; init; }

    public int Version { get; init; }

    /// <summary>The file, relative to the version's root.</summary>
    public required string Path { get; init; }

    public long IrVersion { get; init; }

    /// <summary>Version of the default operator set.</summary>
    public long Opset { get; init; }

    public required string Producer { get; init; }

    public required string ProducerVersion { get; init; }

    public required string GraphName { get; init; }

    /// <summary>Elements of all initializers.</summary>
    public long ParameterCount { get; init; }
}

/// <summary>An input or output of a version's ONNX graph.</summary>
public sealed class SignatureTensor
{
    public const string Input = "input";
    public const string Output = "output";

    public long ModelKey { get; init; }

    public int Version { get; init; }

    /// <summary><see cref="Input"/> or <see cref="Output"/>.</summary>
    public required string Direction { get; init; }

    public int Position { get; init; }

    public int WorkspaceId { get; init; }

    public required string Name { get; init; }

    /// <summary>Element type as ONNX names it: <c>float</c>, <c>int64</c>, <c>string</c>, ...; the kind for what is no tensor.</summary>
    public required string ElementType { get; init; }

    /// <summary>Dimensions joined by commas, <c>?</c> or a name where they are free; null when the file leaves the shape open.</summary>
    public string? Shape { get; init; }
}
