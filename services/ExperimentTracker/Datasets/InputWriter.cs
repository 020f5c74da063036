using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Runs;
using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.ExperimentTracker.Storage;

namespace MlopsPlane.ExperimentTracker.Datasets;

/// <summary>Adds what a run read, within an open transaction and in a fixed number of statements.</summary>
internal static class InputWriter
{
    public static async Task AddDatasetsAsync(TrackerDb db, Run run, IReadOnlyList<DatasetUse> uses, CancellationToken ct)
    {
        if (uses.Count == 0)
            return;
        var keys = await DatasetKeysAsync(db, run.ExperimentKey, uses, ct);
        var known = await db.Set<DatasetInput>().Where(input => input.RunKey == run.RunKey).Select(input => input.DatasetKey).ToHashSetAsync(ct);
        var added = new List<(DatasetInput Input, DatasetUse Use)>();
        foreach (var use in uses)
        {
            var key = keys[(use.Name, use.Digest)];
            if (known.Add(key))
                added.Add((new DatasetInput { RunKey = run.RunKey, DatasetKey = key }, use));
        }

        db.AddRange(added.Select(pair => pair.Input));
        await db.SaveChangesAsync(ct);
        db.AddRange(added.SelectMany(pair => pair.Use.Tags.Select(
            tag => new InputTag { InputKey = pair.Input.InputKey, Key = tag.Key, Value = tag.Value })));
    }

    public static async Task AddModelsAsync(TrackerDb db, Run run, IReadOnlyList<string> models, CancellationToken ct)
    {
        if (models.Count == 0)
            return;
        var known = await db.Set<ModelInput>().Where(input => input.RunKey == run.RunKey).Select(input => input.ModelId).ToHashSetAsync(ct);
        db.AddRange(models.Where(known.Add).Select(id => new ModelInput { RunKey = run.RunKey, ModelId = id }));
    }

    /// <summary>Keys of the experiment's datasets of these names and digests; those that are new are stored.</summary>
    private static async Task<Dictionary<(string, string), long>> DatasetKeysAsync(
        TrackerDb db, long experimentKey, IReadOnlyList<DatasetUse> uses, CancellationToken ct)
    {
        var names = uses.Select(use => use.Name).Distinct().ToList();
        var found = await db.Set<Dataset>().Where(row => row.ExperimentKey == experimentKey && names.Contains(row.Name))
            .Select(row => new { row.DatasetKey, row.Name, row.Digest }).ToListAsync(ct);
        var keys = found.ToDictionary(row => (row.Name, row.Digest), row => row.DatasetKey);
        var added = uses.Where(use => !keys.ContainsKey((use.Name, use.Digest))).Select(use => new Dataset
        {
            ExperimentKey = experimentKey,
            Name = use.Name,
            Digest = use.Digest,
            SourceType = use.SourceType,
            Source = use.Source,
            Schema = use.Schema,
            Profile = use.Profile,
        }).ToList();
        db.AddRange(added);
        await db.SaveChangesAsync(ct);
        foreach (var dataset in added)
            keys[(dataset.Name, dataset.Digest)] = dataset.DatasetKey;
        return keys;
    }
}
