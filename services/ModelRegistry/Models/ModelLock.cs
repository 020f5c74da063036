using Microsoft.EntityFrameworkCore;
using MlopsPlane.ModelRegistry.Storage;

namespace MlopsPlane.ModelRegistry.Models;

/// <summary>
/// Serialises the changes of one registered model, so that what a change read before (a stage, an alias) is still true
/// when it is written down in the history.
/// </summary>
internal static class ModelLock
{
    /// <summary>Locks the model's row until the end of the transaction; null when there is no such model.</summary>
    public static async Task<RegisteredModel?> TryTakeAsync(this RegistryDb db, int workspaceId, string name, CancellationToken ct)
    {
        // An update that changes nothing takes the row lock on PostgreSQL, and is plain SQL for SQLite too.
        var locked = await db.Models.Where(row => row.WorkspaceId == workspaceId && row.Name == name)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Name, row => row.Name), ct);
        return locked == 0 ? null : await db.Models.SingleAsync(row => row.WorkspaceId == workspaceId && row.Name == name, ct);
    }

    /// <inheritdoc cref="TryTakeAsync"/>
    /// <exception cref="Primitives.PlaneException">404: there is no such model.</exception>
    public static async Task<RegisteredModel> TakeAsync(this RegistryDb db, int workspaceId, string name, CancellationToken ct) =>
        await db.TryTakeAsync(workspaceId, name, ct) ?? throw ModelReader.NotFound(name);
}
