using MlopsPlane.Contracts.Access;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Primitives;

namespace MlopsPlane.ExperimentTracker.Experiments;

/// <summary>Every workspace has an experiment 0 named Default from the start, as MLflow's clients expect.</summary>
internal sealed class DefaultExperiment(TimeProvider clock, IWorkspaceDirectory directory) : IWorkspaceInitializer<TrackerDb>
{
    public const long Id = 0;
    public const string Name = "Default";

    public async Task InitializeAsync(TrackerDb db, int workspaceId, string name, CancellationToken ct)
    {
        var now = clock.NowMilliseconds();
        db.Add(new Experiment
        {
            WorkspaceId = workspaceId,
            ExperimentId = Id,
            Name = Name,
            ArtifactLocation = ArtifactLocation.Default(name, await directory.ArtifactRootAsync(name, ct), Id),
            CreationTime = now,
            LastUpdateTime = now,
        });
    }
}
