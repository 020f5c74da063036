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

    /// <summary>
    /// A workspace may come to be at its first request. The experiment is older than that to whoever made it: clients ask
    /// for what was created since they began, which may be the time of several attempts ago.
    /// </summary>
    private const long AgeMilliseconds = 10 * 60 * 1000;

    public async Task InitializeAsync(TrackerDb db, int workspaceId, string name, CancellationToken ct)
    {
        var created = clock.NowMilliseconds() - AgeMilliseconds;
        db.Add(new Experiment
        {
            WorkspaceId = workspaceId,
            ExperimentId = Id,
            Name = Name,
            ArtifactLocation = ArtifactLocation.Default(name, await directory.ArtifactRootAsync(name, ct), Id),
            CreationTime = created,
            LastUpdateTime = created,
        });
    }
}
