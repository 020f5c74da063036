using Microsoft.EntityFrameworkCore;
using MlopsPlane.Contracts.Access.V1;
using MlopsPlane.Hosting.Artifacts;
using MlopsPlane.Messaging;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.Hosting.Workspaces;

/// <summary>
/// Lets go of a deleted workspace in one row: it takes a name that no workspace can have, so what was in it can be
/// reached no more and the name is free for a new, empty workspace. What is to be kept moves out before.
/// </summary>
internal sealed class RetireWorkspace<TDb>(TDb db, WorkspaceProjection<TDb> workspaces, IEnumerable<IWorkspaceMover<TDb>> movers)
    : IEventHandler<WorkspaceDeleted> where TDb : PlaneDb
{
    public async Task HandleAsync(WorkspaceDeleted fact, CancellationToken ct)
    {
        var id = await db.Set<WorkspaceRow>().Where(row => row.Name == fact.Workspace).Select(row => row.Id).SingleOrDefaultAsync(ct);
        if (id == 0)
            return;
        if (fact.MovedTo is { } target)
            await MoveAsync(id, target, fact, ct);
        var retired = $"{fact.Workspace}{WorkspaceRow.RetiredMark}{id}";
        await db.Set<WorkspaceRow>().Where(row => row.Id == id).ExecuteUpdateAsync(row => row.SetProperty(one => one.Name, retired), ct);
        workspaces.Retire(fact.Workspace, id);
    }

    private async Task MoveAsync(int id, string target, WorkspaceDeleted fact, CancellationToken ct)
    {
        var move = new WorkspaceMove(
            id, await workspaces.EnsureAsync(db, target, ct), fact.Workspace, target, new ArtifactMove(fact.Workspace, target, fact.DeletedAt));
        foreach (var mover in movers)
            await mover.MoveAsync(db, move, ct);
        await db.SaveChangesAsync(ct);
    }
}
