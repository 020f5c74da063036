using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ExperimentTracker.LoggedModels;
using MlopsPlane.ExperimentTracker.Runs;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Experiments;

/// <summary>
/// Where the caller's grants speak of experiments of some names: judges what a request calls by an id by the name of its
/// experiment. Without such grants there is no gate, and nothing is asked of the database.
/// </summary>
internal static class ExperimentGate
{
    /// <exception cref="Primitives.PlaneException">403: the experiment is not the caller's to use so.</exception>
    public static void Require(this NameGate? gate, Experiment experiment) => gate?.Require(experiment.Name, $"id '{experiment.ExperimentId}'");

    /// <summary>Judges the run; one that does not exist is for the caller to miss.</summary>
    /// <exception cref="Primitives.PlaneException">403: the run's experiment is not the caller's to use so.</exception>
    public static Task RequireRunAsync(this HttpContext http, int workspaceId, string runId, CancellationToken ct) =>
        http.NameGate() is { } gate ? RequireRunsAsync(Db(http), gate, workspaceId, [runId], ct) : Task.CompletedTask;

    /// <inheritdoc cref="RequireRunAsync"/>
    public static Task RequireRunsAsync(this HttpContext http, int workspaceId, IReadOnlyCollection<string> runIds, CancellationToken ct) =>
        http.NameGate() is { } gate ? RequireRunsAsync(Db(http), gate, workspaceId, runIds, ct) : Task.CompletedTask;

    /// <summary>Judges the logged models; one that does not exist is for the caller to miss.</summary>
    /// <exception cref="Primitives.PlaneException">403: the experiment of one is not the caller's to use so.</exception>
    public static async Task RequireModelsAsync(this HttpContext http, int workspaceId, IReadOnlyCollection<string> modelIds, CancellationToken ct)
    {
        if (http.NameGate() is not { } gate || modelIds.Count == 0)
            return;
        var db = Db(http);
        var found = await (
            from model in db.Set<LoggedModel>()
            join experiment in db.Set<Experiment>() on model.ExperimentKey equals experiment.ExperimentKey
            where model.WorkspaceId == workspaceId && modelIds.Contains(model.ModelId)
            select new { model.ModelId, experiment.Name }).ToListAsync(ct);
        foreach (var model in found)
            gate.Require(model.Name, $"logged model '{model.ModelId}'");
    }

    private static async Task RequireRunsAsync(TrackerDb db, NameGate gate, int workspaceId, IReadOnlyCollection<string> runIds, CancellationToken ct)
    {
        var found = await (
            from run in db.Set<Run>()
            join experiment in db.Set<Experiment>() on run.ExperimentKey equals experiment.ExperimentKey
            where run.WorkspaceId == workspaceId && runIds.Contains(run.RunId)
            select new { run.RunId, experiment.Name }).ToListAsync(ct);
        foreach (var run in found)
            gate.Require(run.Name, $"run '{run.RunId}'");
    }

    private static TrackerDb Db(HttpContext http) => http.RequestServices.GetRequiredService<TrackerDb>();
}
