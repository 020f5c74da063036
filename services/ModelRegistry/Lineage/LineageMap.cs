using Microsoft.EntityFrameworkCore;

namespace MlopsPlane.ModelRegistry.Lineage;

internal static class LineageMap
{
    public static void Apply(ModelBuilder model)
    {
        model.Entity<KnownRun>(run =>
        {
            run.ToTable("known_runs");
            run.HasKey(row => new { row.WorkspaceId, row.RunId });
        });
        model.Entity<KnownMetric>(metric =>
        {
            metric.ToTable("known_metrics");
            metric.HasKey(row => new { row.WorkspaceId, row.RunId, row.Key });
            metric.HasIndex(row => new { row.WorkspaceId, row.Key, row.Value });
            metric.HasOne<KnownRun>().WithMany().HasForeignKey(row => new { row.WorkspaceId, row.RunId }).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<KnownDataset>(dataset =>
        {
            dataset.ToTable("known_datasets");
            dataset.HasKey(row => new { row.WorkspaceId, row.RunId, row.Position });
            dataset.HasIndex(row => new { row.WorkspaceId, row.Name, row.Digest });
            dataset.HasOne<KnownRun>().WithMany().HasForeignKey(row => new { row.WorkspaceId, row.RunId }).OnDelete(DeleteBehavior.Cascade);
        });
    }
}
