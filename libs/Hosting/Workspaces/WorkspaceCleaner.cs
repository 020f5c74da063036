using Microsoft.EntityFrameworkCore;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.Hosting.Workspaces;

/// <summary>Removes what a service keeps in a workspace that was let go of.</summary>
public interface IWorkspaceRemover<in TDb> where TDb : PlaneDb
{
    /// <summary>Removes some rows in the transaction that the caller has open; false when there were none left.</summary>
    Task<bool> RemoveSomeAsync(TDb db, int workspaceId, CancellationToken ct);
}

/// <summary>Removes the rows of deleted workspaces, in transactions short enough that nobody waits for them.</summary>
public sealed class WorkspaceCleaner<TDb>(TDb db, IEnumerable<IWorkspaceRemover<TDb>> removers) where TDb : PlaneDb
{
    public async Task CleanAsync(CancellationToken ct)
    {
        foreach (var id in await db.Set<WorkspaceRow>().Where(row => row.Name.Contains(WorkspaceRow.RetiredMark)).Select(row => row.Id).ToListAsync(ct))
        {
            foreach (var remover in removers)
            {
                while (await db.WriteAsync(token => remover.RemoveSomeAsync(db, id, token), ct))
                    db.ChangeTracker.Clear();
            }

            await db.WriteAsync(token => db.Set<WorkspaceRow>().Where(row => row.Id == id).ExecuteDeleteAsync(token), ct);
        }
    }
}
