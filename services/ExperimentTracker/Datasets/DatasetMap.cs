using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Runs;

namespace MlopsPlane.ExperimentTracker.Datasets;

internal static class DatasetMap
{
    public static void Apply(ModelBuilder model)
    {
        model.Entity<Dataset>(dataset =>
        {
            dataset.ToTable("datasets");
            dataset.HasKey(row => row.DatasetKey);
            dataset.HasIndex(row => new { row.ExperimentKey, row.Name, row.Digest }).IsUnique();
            dataset.HasOne<Experiment>().WithMany().HasForeignKey(row => row.ExperimentKey).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<DatasetInput>(input =>
        {
            input.ToTable("dataset_inputs");
            input.HasKey(row => row.InputKey);
            input.HasIndex(row => new { row.RunKey, row.DatasetKey }).IsUnique();
            input.HasIndex(row => row.DatasetKey);
            input.HasOne<Run>().WithMany().HasForeignKey(row => row.RunKey).OnDelete(DeleteBehavior.Cascade);
            input.HasOne<Dataset>().WithMany().HasForeignKey(row => row.DatasetKey).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<InputTag>(tag =>
        {
            tag.ToTable("input_tags");
            tag.HasKey(row => new { row.InputKey, row.Key });
            tag.HasOne<DatasetInput>().WithMany().HasForeignKey(row => row.InputKey).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<ModelInput>(input =>
        {
            input.ToTable("model_inputs");
            input.HasKey(row => new { row.RunKey, row.ModelId });
            input.HasOne<Run>().WithMany().HasForeignKey(row => row.RunKey).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<ModelOutput>(output =>
        {
            output.ToTable("model_outputs");
            output.HasKey(row => new { row.RunKey, row.ModelId });
            output.HasOne<Run>().WithMany().HasForeignKey(row => row.RunKey).OnDelete(DeleteBehavior.Cascade);
        });
    }
}
