namespace MlopsPlane.Access.Keys;

/// <summary>An API key, without the key.</summary>
public sealed class KeyRow
{
    public required string Id { get; init; }

    /// <summary>Subject of the member that it stands for.</summary>
    public required string Owner { get; init; }

    /// <summary>What its owner calls it.</summary>
    public string? Description { get; init; }

    /// <summary>The visible first characters.</summary>
    public required string Prefix { get; init; }

    /// <summary>SHA-256 of the whole key, in lower-case hex.</summary>
    public required string Hash { get; init; }

    /// <summary>Milliseconds since 1970 UTC, as all times here.</summary>
    public long CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public long? ExpiresAt { get; init; }

    /// <summary>At most some seconds old.</summary>
    public long? LastUsedAt { get; set; }

    public long? RevokedAt { get; set; }
}
