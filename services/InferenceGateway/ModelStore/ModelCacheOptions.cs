using System.ComponentModel.DataAnnotations;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.InferenceGateway.ModelStore;

/// <summary>Section <c>Serving:ModelCache</c>: where this replica keeps the files of the models that it serves.</summary>
internal sealed class ModelCacheOptions
{
    /// <summary>Folder of its own for each process; <c>model-cache</c> in the data folder when unset.</summary>
    public string? Folder { get; set; }

    /// <summary>Most bytes of models on the disk; what is not in use makes room for what is.</summary>
    [Range(1, long.MaxValue)]
    public long MaxBytes { get; set; } = 20L << 30;

    public string FolderIn(DatabaseOptions data) => Path.GetFullPath(Folder ?? Path.Combine(data.DataFolder, "model-cache"));
}
