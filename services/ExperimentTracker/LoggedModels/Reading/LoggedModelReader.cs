using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Registrations;
using MlopsPlane.ExperimentTracker.Storage;

namespace MlopsPlane.ExperimentTracker.LoggedModels.Reading;

/// <summary>Reads whole logged models.</summary>
internal static class LoggedModelReader
{
    /// <summary>The models of these keys, in the order of the keys; a key that is gone is left out.</summary>
    public static async Task<IReadOnlyList<FullLoggedModel>> ReadLoggedModelsAsync(this TrackerDb db, IReadOnlyList<long> keys, CancellationToken ct)
    {
        if (keys.Count == 0)
            return [];
        var found = await (
            from model in db.Set<LoggedModel>().AsNoTracking()
            join experiment in db.Set<Experiment>() on model.ExperimentKey equals experiment.ExperimentKey
            where keys.Contains(model.ModelKey)
            select new { model, experiment.ExperimentId }).ToListAsync(ct);
        var models = found.ToDictionary(row => row.model.ModelKey, row => new FullLoggedModel(row.model, row.ExperimentId));
        await AddPartsAsync(db, keys, models, ct);
        return [.. keys.Where(models.ContainsKey).Select(key => models[key])];
    }

    /// <summary>One model by the id that clients know; null when the workspace has none.</summary>
    /// <param name="alsoDeleted">Whether a deleted model is found too.</param>
    public static async Task<FullLoggedModel?> FindLoggedModelAsync(
        this TrackerDb db, int workspaceId, string modelId, bool alsoDeleted, CancellationToken ct)
    {
        var keys = await db.Set<LoggedModel>()
            .Where(row => row.WorkspaceId == workspaceId && row.ModelId == modelId && (alsoDeleted || row.LifecycleStage == Lifecycle.Active))
            .Select(row => row.ModelKey).ToListAsync(ct);
        return (await db.ReadLoggedModelsAsync(keys, ct)).SingleOrDefault();
    }

    private static async Task AddPartsAsync(TrackerDb db, IReadOnlyList<long> keys, Dictionary<long, FullLoggedModel> models, CancellationToken ct)
    {
        var tags = db.Set<LoggedModelTag>().AsNoTracking().Where(row => keys.Contains(row.ModelKey)).OrderBy(row => row.Key);
        await foreach (var tag in tags.AsAsyncEnumerable().WithCancellation(ct))
            models.GetValueOrDefault(tag.ModelKey)?.Tags.Add(tag);
        var parameters = db.Set<LoggedModelParam>().AsNoTracking().Where(row => keys.Contains(row.ModelKey)).OrderBy(row => row.Key);
        await foreach (var param in parameters.AsAsyncEnumerable().WithCancellation(ct))
            models.GetValueOrDefault(param.ModelKey)?.Params.Add(param);
        var metrics = db.Set<LoggedModelMetric>().AsNoTracking().Where(row => keys.Contains(row.ModelKey))
            .OrderBy(row => row.Key).ThenBy(row => row.Timestamp).ThenBy(row => row.Step);
        await foreach (var metric in metrics.AsAsyncEnumerable().WithCancellation(ct))
            models.GetValueOrDefault(metric.ModelKey)?.Metrics.Add(metric);
        var registrations =
            from model in db.Set<LoggedModel>()
            join registration in db.Set<Registration>()
                on new { model.WorkspaceId, Id = (string?)model.ModelId } equals new { registration.WorkspaceId, Id = registration.LoggedModelId }
            where keys.Contains(model.ModelKey)
            orderby registration.Model, registration.Version
            select new { model.ModelKey, registration.Model, registration.Version };
        await foreach (var row in registrations.AsAsyncEnumerable().WithCancellation(ct))
            models.GetValueOrDefault(row.ModelKey)?.Registrations.Add((row.Model, row.Version));
    }
}
