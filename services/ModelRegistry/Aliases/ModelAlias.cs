using Microsoft.EntityFrameworkCore;
using MlopsPlane.ModelRegistry.Versions;

namespace MlopsPlane.ModelRegistry.Aliases;

/// <summary>A name that points to one version of a registered model and can be moved.</summary>
public sealed class ModelAlias
{
    public long ModelKey { get; init; }

    public required string Alias { get; init; }

    public int Version { get; set; }

    internal static void Map(ModelBuilder model) => model.Entity<ModelAlias>(alias =>
    {
        alias.ToTable("registered_model_aliases");
        alias.HasKey(row => new { row.ModelKey, row.Alias });
        alias.HasIndex(row => new { row.ModelKey, row.Version });
        alias.HasOne<ModelVersion>().WithMany().HasForeignKey(row => new { row.ModelKey, row.Version }).OnDelete(DeleteBehavior.Cascade);
    });
}
