using System.Globalization;
using MlopsPlane.Contracts.ExperimentTracker;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.ModelRegistry.Versions;

namespace MlopsPlane.ModelRegistry.Sources;

/// <summary>What a source comes down to.</summary>
/// <param name="StorageLocation">Where the files are.</param>
/// <param name="RunId">The producing run; empty when none is known.</param>
/// <param name="LoggedModelId">The logged model; empty when there is none.</param>
internal sealed record SourceOrigin(string StorageLocation, string RunId, string LoggedModelId);

/// <summary>Follows <c>models:/...</c> sources to the files, and a logged model to the run that made it.</summary>
internal sealed class SourceResolver(IRunFacts runs, VersionReader versions)
{
    /// <exception cref="Primitives.PlaneException">400: what the source refers to does not exist.</exception>
    public async Task<SourceOrigin> ResolveAsync(
        string workspace, int workspaceId, string source, string runId, string modelId, CancellationToken ct)
    {
        var uri = SourceUri.Parse(source);
        if (uri.Scheme == "models")
            return await FollowAsync(workspace, workspaceId, uri, source, runId, modelId, ct);
        if (modelId.Length > 0 && runId.Length == 0)
            runId = (await GetLoggedModelAsync(workspace, modelId, ct)).SourceRunId ?? "";
        return new(source, runId, modelId);
    }

    private async Task<SourceOrigin> FollowAsync(
        string workspace, int workspaceId, SourceUri uri, string source, string runId, string modelId, CancellationToken ct)
    {
        switch (uri.Path.TrimStart('/').Split('/'))
        {
            case [{ Length: > 0 } id] when !id.Contains('@', StringComparison.Ordinal):
                var model = await runs.FindLoggedModelAsync(workspace, id, ct)
                    ?? throw Unresolved(source, $"Logged model with ID '{id}' not found.");
                return new(model.ArtifactUri, runId.Length > 0 ? runId : model.SourceRunId ?? "", modelId);
            case [{ Length: > 0 } name, { Length: > 0 } number]
                when int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var version):
                var referenced = await versions.FindAsync(workspaceId, name, version, ct)
                    ?? throw Unresolved(source, $"Model Version (name={name}, version={version}) not found");
                return new(referenced.Row.StorageLocation, runId, modelId);
            default:
                throw Unresolved(source, "A models:/ source names a logged model or a version by its number.");
        }
    }

    private async Task<LoggedModelFacts> GetLoggedModelAsync(string workspace, string modelId, CancellationToken ct) =>
        await runs.FindLoggedModelAsync(workspace, modelId, ct) ?? throw MlflowErrors.Missing($"Logged model with ID '{modelId}' not found.");

    private static Primitives.PlaneException Unresolved(string source, string why) =>
        MlflowErrors.Invalid($"Unable to fetch model from model URI source artifact location '{source}'.Error: {why}");
}
