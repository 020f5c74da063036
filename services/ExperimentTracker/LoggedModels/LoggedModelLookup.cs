using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Storage;

namespace MlopsPlane.ExperimentTracker.LoggedModels;

internal static class LoggedModelLookup
{
    /// <summary>A model of any stage, tracked; a deleted one can still be written to, as in MLflow.</summary>
    public static async Task<LoggedModel> LoggedModelAsync(this TrackerDb db, int workspaceId, string modelId, CancellationToken ct) =>
        await db.Set<LoggedModel>().SingleOrDefaultAsync(row => row.WorkspaceId == workspaceId && row.ModelId == modelId, ct)
        ?? throw LoggedModelRules.NotFound(modelId);
}
