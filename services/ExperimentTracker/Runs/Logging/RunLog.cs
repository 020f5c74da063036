using MlopsPlane.ExperimentTracker.Runs.Rules;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;

namespace MlopsPlane.ExperimentTracker.Runs.Logging;

/// <summary>
/// Adds metrics, params and tags to a run: all of a request or nothing, durable on return. One subclass a provider,
/// because this is the path that everything is measured by.
/// </summary>
internal abstract class RunLog(RunLogMetrics metrics)
{
    /// <summary>Adds the entries; MLflow's errors when the run is missing, deleted or has other params.</summary>
    public async Task AddAsync(int workspaceId, string runId, LogEntries entries, CancellationToken ct)
    {
        var outcome = await WriteAsync(workspaceId, runId, entries, ct);
        if (outcome.Stage is null)
            throw RunErrors.NotFound(runId);
        if (outcome.Stage != Experiments.Lifecycle.Active)
            throw RunErrors.NotActive(runId, outcome.Stage);
        if (outcome.MissingModel is { } model)
            throw MlflowErrors.Missing($"Logged model with ID '{model}' not found.");
        if (outcome.Changed.Count > 0)
            throw MlflowErrors.Invalid($"Changing param values is not allowed. Params were already logged='{Describe(outcome.Changed, entries.GivenParams)}' for run ID='{runId}'.");
        metrics.Logged(entries.Metrics.Length);
    }

    /// <summary>Adds one param, whose conflict MLflow words in another way.</summary>
    public async Task AddParamAsync(int workspaceId, string runId, KeyValuePair<string, string> param, CancellationToken ct)
    {
        var outcome = await WriteAsync(workspaceId, runId, LogEntries.Of([], [param], []), ct);
        if (outcome.Stage is null)
            throw RunErrors.NotFound(runId);
        if (outcome.Stage != Experiments.Lifecycle.Active)
            throw RunErrors.NotActive(runId, outcome.Stage);
        if (outcome.Changed is [var changed, ..])
            throw MlflowErrors.Invalid(
                $"Changing param values is not allowed. Param with key='{changed.Key}' was already logged with value='{changed.Old}' for run ID='{runId}'. Attempted logging new value '{changed.New}'.");
    }

    protected abstract Task<LogOutcome> WriteAsync(int workspaceId, string runId, LogEntries entries, CancellationToken ct);

    private static string Describe(IReadOnlyList<ChangedParam> changed, IReadOnlyList<KeyValuePair<string, string>> given)
    {
        var inOrder = given.Join(changed, param => param.Key, param => param.Key, (_, param) => param, StringComparer.Ordinal);
        return $"[{string.Join(", ", inOrder.Select(param =>
            $"{{'key': {PythonText.Repr(param.Key)}, 'old_value': {PythonText.Repr(param.Old)}, 'new_value': {PythonText.Repr(param.New)}}}"))}]";
    }
}

/// <summary>What became of a write; it was applied when the run is active and nothing is in the way.</summary>
/// <param name="Stage">The run's lifecycle stage; null when there is no such run.</param>
/// <param name="Changed">Params that have another value already.</param>
/// <param name="MissingModel">A logged model that does not exist.</param>
internal sealed record LogOutcome(string? Stage, IReadOnlyList<ChangedParam> Changed, string? MissingModel = null)
{
    private static readonly LogOutcome Applied = new(Experiments.Lifecycle.Active, []);

    public static LogOutcome NoRun { get; } = new(null, []);

    /// <summary>Nothing but the run's stage could be in the way.</summary>
    public static LogOutcome Of(string stage) => stage == Experiments.Lifecycle.Active ? Applied : new(stage, []);
}

internal sealed record ChangedParam(string Key, string Old, string New);
