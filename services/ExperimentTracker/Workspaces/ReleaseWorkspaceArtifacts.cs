using MlopsPlane.Contracts.Access.V1;
using MlopsPlane.Hosting.Artifacts;
using MlopsPlane.Messaging;
using MlopsPlane.Storage.Artifacts;

namespace MlopsPlane.ExperimentTracker.Workspaces;

/// <summary>The files of a deleted workspace go with it, or where its contents went: a new workspace of that name must not find them.</summary>
internal sealed class ReleaseWorkspaceArtifacts(IArtifactStore store) : IEventHandler<WorkspaceDeleted>
{
    public Task HandleAsync(WorkspaceDeleted fact, CancellationToken ct)
    {
        if (fact.MovedTo is not { } target)
            return store.DeleteAsync(ArtifactScope.Place(fact.Workspace, ArtifactPath.Root), ct);
        var move = new ArtifactMove(fact.Workspace, target, fact.DeletedAt);
        return store.MoveAsync(move.Source, move.Target, ct);
    }
}
