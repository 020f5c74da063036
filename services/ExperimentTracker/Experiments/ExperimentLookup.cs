using System.Globalization;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Experiments;

/// <summary>Finds experiments by the id that clients send, with MLflow's messages when there is none.</summary>
internal static class ExperimentLookup
{
    private const string DefaultExperiment = "0";

    /// <summary>The experiment of that id in any stage; an empty id means Default.</summary>
    /// <param name="gate">Judges the experiment's name, where the caller may use some names only.</param>
    public static async Task<Experiment> FindAsync(
        this TrackerDb db, int workspaceId, string? experimentId, NameGate? gate, CancellationToken ct)
    {
        var id = ParseId(string.IsNullOrEmpty(experimentId) ? DefaultExperiment : experimentId);
        var experiment = await db.Set<Experiment>().SingleOrDefaultAsync(row => row.WorkspaceId == workspaceId && row.ExperimentId == id, ct)
            ?? throw NotFound(experimentId);
        gate.Require(experiment);
        return experiment;
    }

    /// <summary>The experiment when it is in that stage, else MLflow's "does not exist".</summary>
    public static async Task<Experiment> FindInStageAsync(
        this TrackerDb db, int workspaceId, string? experimentId, string stage, NameGate? gate, CancellationToken ct)
    {
        var experiment = await db.FindAsync(workspaceId, experimentId, gate, ct);
        return experiment.LifecycleStage == stage ? experiment : throw NotFound(experimentId);
    }

    /// <summary>The number behind an experiment id; an empty one in a list of ids is a mistake, not Default.</summary>
    public static long ParseId(string experimentId) =>
        long.TryParse(experimentId.AsSpan().Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw MlflowErrors.Invalid($"Invalid experiment ID '{experimentId}'. Experiment ID must be a valid integer.");

    public static void CheckActive(this Experiment experiment)
    {
        if (experiment.LifecycleStage != Lifecycle.Active)
            throw MlflowErrors.Invalid(string.Create(CultureInfo.InvariantCulture,
                $"The experiment {experiment.ExperimentId} must be in the 'active' state. Current state is {experiment.LifecycleStage}."));
    }

    private static Primitives.PlaneException NotFound(string? experimentId) =>
        MlflowErrors.Missing($"No Experiment with id={(string.IsNullOrEmpty(experimentId) ? DefaultExperiment : experimentId)} exists");
}
