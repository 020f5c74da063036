using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Runs.Rules;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Mlflow.Requests;

namespace MlopsPlane.ExperimentTracker.Runs;

/// <summary>Finds runs by the id that clients send, with MLflow's messages when there is none.</summary>
internal static class RunLookup
{
    /// <summary>The field of a run's id, and its legacy name.</summary>
    public static Field IdField { get; } = Field.String("run_id", Check.Required, Check.String);

    /// <inheritdoc cref="IdField"/>
    public static Field LegacyIdField { get; } = Field.String("run_uuid");

    public static string RunId(this MlflowMessage request) =>
        request.String("run_id") is { Length: > 0 } id ? id : request.String("run_uuid") ?? "";

    /// <summary>The run in any stage.</summary>
    public static async Task<Run> FindRunAsync(this TrackerDb db, int workspaceId, string runId, CancellationToken ct) =>
        await db.Set<Run>().SingleOrDefaultAsync(run => run.WorkspaceId == workspaceId && run.RunId == runId, ct)
        ?? throw RunErrors.NotFound(runId);

    /// <summary>The run, which must not be deleted.</summary>
    public static async Task<Run> FindActiveRunAsync(this TrackerDb db, int workspaceId, string runId, CancellationToken ct)
    {
        var run = await db.FindRunAsync(workspaceId, runId, ct);
        return run.LifecycleStage == Lifecycle.Active ? run : throw RunErrors.NotActive(runId, run.LifecycleStage);
    }
}
