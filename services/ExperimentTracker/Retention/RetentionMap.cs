using Microsoft.EntityFrameworkCore;

namespace MlopsPlane.ExperimentTracker.Retention;

internal static class RetentionMap
{
    public static void Apply(ModelBuilder model)
    {
        model.Entity<RetentionPolicy>(policy =>
        {
            policy.ToTable("retention_policies");
            policy.HasKey(row => row.WorkspaceId);
            policy.Property(row => row.WorkspaceId).ValueGeneratedNever();
        });
        model.Entity<ArtifactRemoval>(removal =>
        {
            removal.ToTable("artifact_removals");
            removal.HasKey(row => row.RemovalKey);
            removal.HasIndex(row => row.DueAt);
        });
    }
}
