using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.ModelRegistry;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.ModelRegistry.Aliases;
using MlopsPlane.ModelRegistry.Content;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Versions;

namespace MlopsPlane.ModelRegistry.Facts;

/// <summary>Answers the gateway's questions, for callers in this process and behind the HTTP endpoints of the same answers.</summary>
internal sealed class ModelFactsPort(IServiceScopeFactory scopes, WorkspaceProjection<RegistryDb> workspaces) : IModelFacts
{
    private const int MaxFiles = 10_000;

    public Task<ModelVersionFacts?> FindVersionAsync(string workspace, string model, int version, CancellationToken ct) =>
        FindAsync(workspace, model, (_, rows) => rows.Where(row => row.Version == version), ct);

    public Task<ModelVersionFacts?> FindByAliasAsync(string workspace, string model, string alias, CancellationToken ct) =>
        FindAsync(workspace, model, (db, rows) => string.Equals(alias, AliasName.Latest, StringComparison.OrdinalIgnoreCase)
            ? rows.OrderByDescending(row => row.Version).Take(1)
            : rows.Where(row => db.Aliases.Any(found => found.ModelKey == row.ModelKey && found.Alias == alias && found.Version == row.Version)), ct);

    private async Task<ModelVersionFacts?> FindAsync(
        string workspace, string model, Func<RegistryDb, IQueryable<ModelVersion>, IQueryable<ModelVersion>> choose, CancellationToken ct)
    {
        // Neither database keeps NUL in text, and PostgreSQL refuses the question.
        if (model.Contains('\0', StringComparison.Ordinal))
            return null;
        var workspaceId = await workspaces.ResolveAsync(workspace, ct);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RegistryDb>();
        var versions = db.Models.Where(row => row.WorkspaceId == workspaceId && row.Name == model)
            .Join(db.Versions.AsNoTracking(), row => row.ModelKey, row => row.ModelKey, (_, row) => row)
            .Where(row => row.CurrentStage != Stage.Deleted);
        if (await choose(db, versions).SingleOrDefaultAsync(ct) is not { } found)
            return null;
        var content = await db.Set<VersionContent>().AsNoTracking()
            .SingleOrDefaultAsync(row => row.ModelKey == found.ModelKey && row.Version == found.Version, ct);
        var onnx = await db.Set<VersionSignature>().Where(row => row.ModelKey == found.ModelKey && row.Version == found.Version)
            .Select(row => row.Path).SingleOrDefaultAsync(ct);
        var files = await db.Set<VersionFile>().Where(row => row.ModelKey == found.ModelKey && row.Version == found.Version)
            .OrderBy(row => row.Number).Take(MaxFiles).Select(row => new ModelFile(row.Path, row.Size, row.Sha256)).ToListAsync(ct);
        return Facts(model, found, content, files, onnx);
    }

    private static ModelVersionFacts Facts(string model, ModelVersion row, VersionContent? content, IReadOnlyList<ModelFile> files, string? onnx) => new(
        model, row.Version, row.CurrentStage, row.Source, row.StorageLocation, string.IsNullOrEmpty(row.RunId) ? null : row.RunId,
        Instant.ToDateTime(row.CreatedAt), content?.State ?? ContentStates.Unavailable, content is null ? "It is a prompt and has no files." : content.Reason,
        content?.Digest, content?.TotalBytes ?? 0, content?.FileCount ?? 0, files, onnx);
}
