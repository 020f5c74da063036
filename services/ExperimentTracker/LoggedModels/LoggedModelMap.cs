using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Experiments;

namespace MlopsPlane.ExperimentTracker.LoggedModels;

internal static class LoggedModelMap
{
    public static void Apply(ModelBuilder model)
    {
        model.Entity<LoggedModel>(logged =>
        {
            logged.ToTable("logged_models");
            logged.HasKey(row => row.ModelKey);
            logged.HasIndex(row => new { row.WorkspaceId, row.ModelId }).IsUnique();
            logged.HasIndex(row => new { row.ExperimentKey, row.CreationTime });
            logged.HasOne<Experiment>().WithMany().HasForeignKey(row => row.ExperimentKey).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<LoggedModelTag>(tag =>
        {
            tag.ToTable("logged_model_tags");
            tag.HasKey(row => new { row.ModelKey, row.Key });
            tag.HasOne<LoggedModel>().WithMany().HasForeignKey(row => row.ModelKey).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<LoggedModelParam>(param =>
        {
            param.ToTable("logged_model_params");
            param.HasKey(row => new { row.ModelKey, row.Key });
            param.HasOne<LoggedModel>().WithMany().HasForeignKey(row => row.ModelKey).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<LoggedModelMetric>(metric =>
        {
            metric.ToTable("logged_model_metrics");
            metric.HasKey(row => new { row.ModelKey, row.Key, row.Timestamp, row.Step, row.RunId });
            metric.HasOne<LoggedModel>().WithMany().HasForeignKey(row => row.ModelKey).OnDelete(DeleteBehavior.Cascade);
        });
    }
}
