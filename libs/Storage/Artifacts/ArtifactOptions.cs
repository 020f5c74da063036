using System.ComponentModel.DataAnnotations;

namespace MlopsPlane.Storage.Artifacts;

/// <summary>Section <c>Artifacts</c>: where files are kept.</summary>
public sealed class ArtifactOptions
{
    /// <summary><c>Local</c> or <c>S3</c>.</summary>
    public ArtifactStoreKind Store { get; set; } = ArtifactStoreKind.Local;

    /// <summary>Folder of the local store; <c>artifacts</c> in the data folder when unset.</summary>
    public string? Folder { get; set; }

    /// <summary>Largest file that is taken through the proxy.</summary>
    [Range(1, long.MaxValue)]
    public long MaxUploadBytes { get; set; } = 100L << 30;

    /// <summary>How long addresses for direct transfers are good.</summary>
    [Range(1, 7 * 24 * 3600)]
    public int DirectTransferSeconds { get; set; } = 900;

    public S3Options S3 { get; set; } = new();

    public sealed class S3Options
    {
        public string? Bucket { get; set; }

        /// <summary>Put in front of every key, without slashes at its ends.</summary>
        public string Prefix { get; set; } = "";

        /// <summary>Address of an S3-compatible service; Amazon's own when unset.</summary>
        public string? ServiceUrl { get; set; }

        public string Region { get; set; } = "us-east-1";

        /// <summary>Static key; without it the SDK looks in its usual places (environment, profile, instance role).</summary>
        public string? AccessKey { get; set; }

        public string? SecretKey { get; set; }
    }
}

public enum ArtifactStoreKind
{
    Local,
    S3,
}
