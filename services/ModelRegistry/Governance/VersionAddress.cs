using Microsoft.EntityFrameworkCore;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Versions;
using MlopsPlane.Primitives;

namespace MlopsPlane.ModelRegistry.Governance;

/// <summary>Finds what the addresses of the product's own API name.</summary>
internal static class VersionAddress
{
    /// <exception cref="PlaneException">404: there is no such version.</exception>
    public static async Task<ModelVersion> FindVersionAsync(this RegistryDb db, int workspaceId, string model, int version, CancellationToken ct) =>
        await db.Models.AsNoTracking().Where(row => row.WorkspaceId == workspaceId && row.Name == model)
            .Join(db.Versions.AsNoTracking(), row => row.ModelKey, row => row.ModelKey, (_, row) => row)
            .SingleOrDefaultAsync(row => row.Version == version && row.CurrentStage != Stage.Deleted, ct)
        ?? throw NotFound(model, version);

    public static PlaneException NotFound(string model, int version) =>
        PlaneError.NotFound("version_not_found", $"{model} has no version {version}.").ToException();
}
