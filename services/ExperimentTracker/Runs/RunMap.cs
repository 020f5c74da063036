using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Experiments;

namespace MlopsPlane.ExperimentTracker.Runs;

internal static class RunMap
{
    public static void Apply(ModelBuilder model)
    {
        model.Entity<Run>(run =>
        {
            run.ToTable("runs");
            run.HasKey(row => row.RunKey);
            run.HasIndex(row => new { row.WorkspaceId, row.RunId }).IsUnique();
            // Serves the default order of a search and its tie-break without a sort.
            run.HasIndex(row => new { row.ExperimentKey, row.LifecycleStage, row.StartTime, row.RunId }).IsDescending(false, false, true, false);
            run.HasOne<Experiment>().WithMany().HasForeignKey(row => row.ExperimentKey).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<Param>(param =>
        {
            param.ToTable("params");
            param.HasKey(row => new { row.RunKey, row.Key });
            param.HasOne<Run>().WithMany().HasForeignKey(row => row.RunKey).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<RunTag>(tag =>
        {
            tag.ToTable("tags");
            tag.HasKey(row => new { row.RunKey, row.Key });
            tag.HasOne<Run>().WithMany().HasForeignKey(row => row.RunKey).OnDelete(DeleteBehavior.Cascade);
        });
    }
}
