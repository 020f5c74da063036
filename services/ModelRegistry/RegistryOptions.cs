using System.ComponentModel.DataAnnotations;

namespace MlopsPlane.ModelRegistry;

/// <summary>Section <c>Registry</c>.</summary>
public sealed class RegistryOptions
{
    /// <summary>
    /// A regular expression that every source of a model version must match somewhere; the counterpart of MLflow's
    /// <c>MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX</c>. Null accepts every safe source.
    /// </summary>
    public string? SourcePattern { get; set; }

    /// <summary>Whether files of new versions are read for digests and signatures.</summary>
    public bool InspectContent { get; set; } = true;

    /// <summary>Versions whose files are read at the same time.</summary>
    [Range(1, 64)]
    public int InspectionParallelism { get; set; } = 2;
}
