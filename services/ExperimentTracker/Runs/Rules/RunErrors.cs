using System.Text.RegularExpressions;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;

namespace MlopsPlane.ExperimentTracker.Runs.Rules;

/// <summary>MLflow's rejections that concern a run as a whole.</summary>
internal static partial class RunErrors
{
    public static Exception NotFound(string runId) => MlflowErrors.Missing($"Run with id={runId} not found");

    public static Exception NotActive(string runId, string stage) =>
        MlflowErrors.Invalid($"The run {runId} must be in the 'active' state. Current state is {stage}.");

    /// <summary>Refuses an id that no run can have, where MLflow does.</summary>
    public static void CheckId(string runId)
    {
        if (!RunId().IsMatch(runId))
            throw MlflowErrors.Invalid($"Invalid value {PythonText.Json(runId)} for parameter 'run_id' supplied.");
    }

    [GeneratedRegex(@"^[a-zA-Z0-9][\w\-]{0,255}\z", RegexOptions.NonBacktracking)]
    private static partial Regex RunId();
}
