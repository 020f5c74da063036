using Microsoft.EntityFrameworkCore;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Versions;

namespace MlopsPlane.ModelRegistry.Models;

/// <summary>Reads many registered models at once, in a constant number of statements.</summary>
internal sealed class ModelBatchReader(RegistryDb db, VersionTagReader versionTags)
{
    /// <summary>The models of the keys, in the order of the keys.</summary>
    public async Task<IReadOnlyList<ModelView>> ReadAsync(IReadOnlyList<long> keys, CancellationToken ct)
    {
        if (keys.Count == 0)
            return [];
        var models = await db.Models.AsNoTracking().Where(row => keys.Contains(row.ModelKey)).ToDictionaryAsync(row => row.ModelKey, ct);
        var tags = (await db.ModelTags.AsNoTracking().Where(row => keys.Contains(row.ModelKey)).ToListAsync(ct)).ToLookup(row => row.ModelKey);
        var aliases = (await db.Aliases.AsNoTracking().Where(row => keys.Contains(row.ModelKey)).ToListAsync(ct)).ToLookup(row => row.ModelKey);
        var newest = await NewestAsync(keys, ct);
        var tagsOfNewest = await versionTags.ReadAsync([.. newest.Select(row => (row.ModelKey, row.Version))], ct);
        var versions = newest.ToLookup(row => row.ModelKey);
        return
        [
            .. keys.Where(models.ContainsKey).Select(key => models[key]).Select(model => new ModelView(
                model.ModelKey, model.Name, model.Description, model.CreatedAt, model.UpdatedAt,
                [.. versions[model.ModelKey].OrderBy(row => row.Version)
                    .Select(row => new VersionView(model.Name, row, tagsOfNewest.GetValueOrDefault((row.ModelKey, row.Version), []), []))],
                [.. tags[model.ModelKey].OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => KeyValuePair.Create(tag.Key, tag.Value))],
                [.. aliases[model.ModelKey].OrderBy(alias => alias.Alias, StringComparer.Ordinal).Select(alias => KeyValuePair.Create(alias.Alias, alias.Version))])),
        ];
    }

    /// <summary>The newest version of each stage of each model.</summary>
    private Task<List<ModelVersion>> NewestAsync(IReadOnlyList<long> keys, CancellationToken ct)
    {
        var numbers = db.Versions.Where(row => keys.Contains(row.ModelKey) && row.CurrentStage != Stage.Deleted)
            .GroupBy(row => new { row.ModelKey, row.CurrentStage })
            .Select(stage => new { stage.Key.ModelKey, Version = stage.Max(row => row.Version) });
        return db.Versions.AsNoTracking()
            .Join(numbers, row => new { row.ModelKey, row.Version }, number => new { number.ModelKey, number.Version }, (row, _) => row)
            .ToListAsync(ct);
    }
}
