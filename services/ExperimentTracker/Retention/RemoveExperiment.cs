using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Retention;

/// <summary><c>DELETE /api/v1/tracking/experiments/{experimentId}</c>: removes a deleted experiment with all its runs, models and artifacts for good; its name is free then.</summary>
internal static class RemoveExperiment
{
    public static async Task<NoContent> Handle(
        long experimentId, HttpContext http, TrackerDb db, Remover remover, WorkspaceProjection<TrackerDb> workspaces, CancellationToken ct)
    {
        var workspace = await workspaces.ResolveAsync(http);
        var experiment = await db.Set<Experiment>().AsNoTracking()
            .SingleOrDefaultAsync(row => row.WorkspaceId == workspace && row.ExperimentId == experimentId, ct)
            ?? throw PlaneError.NotFound("experiment_not_found", $"There is no experiment '{experimentId}'.").ToException();
        http.NameGate().Require(experiment);
        if (experimentId == DefaultExperiment.Id)
            throw PlaneError.Conflict("default_experiment", "Every workspace keeps its experiment 0.").ToException();
        if (experiment.LifecycleStage != Lifecycle.Deleted || !await remover.RemoveExperimentAsync(experiment.ExperimentKey, ct))
            throw PlaneError.Conflict("experiment_active", $"The experiment '{experimentId}' is active; only a deleted experiment can be removed for good.").ToException();
        return TypedResults.NoContent();
    }
}
