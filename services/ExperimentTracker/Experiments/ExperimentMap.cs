using Microsoft.EntityFrameworkCore;

namespace MlopsPlane.ExperimentTracker.Experiments;

internal static class ExperimentMap
{
    public static void Apply(ModelBuilder model)
    {
        model.Entity<Experiment>(experiment =>
        {
            experiment.ToTable("experiments");
            experiment.HasKey(row => row.ExperimentKey);
            experiment.HasIndex(row => new { row.WorkspaceId, row.ExperimentId }).IsUnique();
            experiment.HasIndex(row => new { row.WorkspaceId, row.Name }).IsUnique();
            experiment.HasIndex(row => new { row.WorkspaceId, row.LifecycleStage, row.CreationTime });
        });
        model.Entity<ExperimentTag>(tag =>
        {
            tag.ToTable("experiment_tags");
            tag.HasKey(row => new { row.ExperimentKey, row.Key });
            tag.HasOne<Experiment>().WithMany().HasForeignKey(row => row.ExperimentKey).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<ExperimentCounter>(counter =>
        {
            counter.ToTable("experiment_counters");
            counter.HasKey(row => row.WorkspaceId);
            counter.Property(row => row.WorkspaceId).ValueGeneratedNever();
        });
    }
}
