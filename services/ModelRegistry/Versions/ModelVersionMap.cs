using Microsoft.EntityFrameworkCore;
using MlopsPlane.ModelRegistry.Models;

namespace MlopsPlane.ModelRegistry.Versions;

internal static class ModelVersionMap
{
    public static void Apply(ModelBuilder model)
    {
        model.Entity<ModelVersion>(version =>
        {
            version.ToTable("model_versions");
            version.HasKey(row => new { row.ModelKey, row.Version });
            // The newest version of each stage, read with every registered model.
            version.HasIndex(row => new { row.ModelKey, row.CurrentStage, row.Version });
            version.HasIndex(row => new { row.WorkspaceId, row.RunId });
            // The default order of a search.
            version.HasIndex(row => new { row.WorkspaceId, row.UpdatedAt });
            version.HasOne<RegisteredModel>().WithMany().HasForeignKey(row => row.ModelKey).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<VersionTag>(tag =>
        {
            tag.ToTable("model_version_tags");
            tag.HasKey(row => new { row.ModelKey, row.Version, row.Key });
            tag.HasIndex(row => row.Key);
            tag.HasOne<ModelVersion>().WithMany().HasForeignKey(row => new { row.ModelKey, row.Version }).OnDelete(DeleteBehavior.Cascade);
        });
    }
}
