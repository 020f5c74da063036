using Microsoft.EntityFrameworkCore;
using MlopsPlane.ModelRegistry.Models;
using MlopsPlane.ModelRegistry.Storage;

namespace MlopsPlane.ModelRegistry.Versions;

internal static class VersionLock
{
    /// <summary>Locks the version's model and reads both.</summary>
    /// <exception cref="Primitives.PlaneException">404: there is no such version.</exception>
    public static async Task<(RegisteredModel Model, ModelVersion Version)> TakeVersionAsync(
        this RegistryDb db, int workspaceId, string name, VersionNumber number, CancellationToken ct)
    {
        if (await db.TryTakeAsync(workspaceId, name, ct) is not { } model)
            throw VersionReader.NotFound(name, number);
        var version = await db.Versions.SingleOrDefaultAsync(
            row => row.ModelKey == model.ModelKey && row.Version == number.Value && row.CurrentStage != Stage.Deleted, ct);
        return version is null ? throw VersionReader.NotFound(name, number) : (model, version);
    }
}
