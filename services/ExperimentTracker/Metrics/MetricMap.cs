using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Metrics.Chunks;
using MlopsPlane.ExperimentTracker.Runs;

namespace MlopsPlane.ExperimentTracker.Metrics;

internal static class MetricMap
{
    public static void Apply(ModelBuilder model)
    {
        model.Entity<Metric>(metric =>
        {
            metric.ToTable("metrics");
            // The key is the order of a history, and finds the exact duplicates that are ignored.
            metric.HasKey(row => new { row.RunKey, row.Key, row.Timestamp, row.Step, row.Value, row.IsNan });
        });
        model.Entity<LatestMetric>(latest =>
        {
            latest.ToTable("latest_metrics");
            latest.HasKey(row => new { row.RunKey, row.Key });
            // Holds all that a search by or ordered by a metric reads, the run's key included.
            latest.HasIndex(row => new { row.ExperimentKey, row.Key, row.IsNan, row.Value, row.RunKey });
            latest.HasOne<Run>().WithMany().HasForeignKey(row => row.RunKey).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<MetricChunk>(chunk =>
        {
            chunk.ToTable("metric_chunks");
            chunk.HasKey(row => new { row.RunKey, row.Key, row.Number });
            chunk.HasOne<Run>().WithMany().HasForeignKey(row => row.RunKey).OnDelete(DeleteBehavior.Cascade);
        });
    }
}
