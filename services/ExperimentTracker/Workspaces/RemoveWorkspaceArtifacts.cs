using MlopsPlane.Contracts.Access.V1;
using MlopsPlane.Hosting.Artifacts;
using MlopsPlane.Messaging;
using MlopsPlane.Storage.Artifacts;

namespace MlopsPlane.ExperimentTracker.Workspaces;

/// <summary>The files of a deleted workspace go with it: a new workspace of that name must not find them.</summary>
internal sealed class RemoveWorkspaceArtifacts(IArtifactStore store) : IEventHandler<WorkspaceDeleted>
{
    public Task HandleAsync(WorkspaceDeleted fact, CancellationToken ct) =>
        store.DeleteAsync(ArtifactScope.Place(fact.Workspace, ArtifactPath.Root), ct);
}
