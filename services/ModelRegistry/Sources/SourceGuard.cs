using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using MlopsPlane.Contracts.ExperimentTracker;
using MlopsPlane.Hosting.Artifacts;
using MlopsPlane.Mlflow.Errors;

namespace MlopsPlane.ModelRegistry.Sources;

/// <summary>Decides whether a client may name a source: most of MLflow's path-traversal CVEs came in through this field.</summary>
internal sealed class SourceGuard(IRunFacts runs, IOptions<RegistryOptions> options)
{
    private const int MaxLength = 4096;
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromSeconds(1);

    private readonly Regex? pattern = options.Value.SourcePattern is { Length: > 0 } text
        ? new Regex(text, RegexOptions.CultureInvariant, PatternTimeout)
        : null;

    /// <summary>Whether a configured pattern can be used.</summary>
    public static bool IsPattern(string? text)
    {
        try
        {
            return text is null || new Regex(text, RegexOptions.CultureInvariant, PatternTimeout) is not null;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <exception cref="Primitives.PlaneException">400: the source is refused; 404: the named run or logged model does not exist.</exception>
    public async Task CheckAsync(string workspace, string source, string runId, string modelId, bool isPrompt, CancellationToken ct)
    {
        if (source.Length > MaxLength)
            throw MlflowErrors.Invalid($"'source' exceeds the maximum length of {MaxLength} characters");
        if (pattern?.IsMatch(source) == false)
            throw MlflowErrors.Invalid($"Invalid model version source: '{source}'.");
        var uri = SourceUri.Parse(source);
        if (isPrompt)
        {
            CheckPrompt(workspace, source, uri);
            return;
        }

        if (uri.IsForeignFile)
            throw MlflowErrors.Invalid(
                $"Invalid model version source: '{source}' is not a valid remote uri. For remote access on windows, please consider "
                + "using a different scheme such as SMB (e.g. smb://<hostname>/<path>).");
        if (!uri.IsLocal)
        {
            CheckElsewhere(workspace, source);
            return;
        }

        var (field, root) = modelId.Length > 0
            ? ("model_id", await ModelRootAsync(workspace, modelId, ct))
            : ("run_id", runId.Length > 0 ? await RunRootAsync(workspace, runId, ct) : null);
        if (root is null || !SourceRules.IsWithin(source, root))
            throw MlflowErrors.Invalid(
                $"Invalid model version source: '{(root is null ? source : SourceRules.Resolve(uri.LocalPath))}'. To use a local path as a model version "
                + $"source, the {field} request parameter has to be specified and the local path has to be contained within the artifact "
                + $"directory of the run specified by the {field}.");
    }

    /// <summary>A prompt's text is a tag, so its source is often only a word; but what is an address must be a safe one.</summary>
    private static void CheckPrompt(string workspace, string source, SourceUri uri)
    {
        if (uri.Scheme == "file" || (uri.Scheme.Length == 0 && source.StartsWith('/')))
            throw MlflowErrors.Invalid($"Invalid prompt source: '{source}'. Local source paths are not allowed for prompts.");
        if (uri.Scheme.Length > 0)
            CheckElsewhere(workspace, source);
    }

    private static void CheckElsewhere(string workspace, string source)
    {
        SourceRules.CheckRemote(source);
        // Files in the artifact store must be those of the caller's workspace.
        if (ArtifactUri.TryResolve(source, out var path))
            ArtifactScope.Place(workspace, path);
    }

    private async Task<string> RunRootAsync(string workspace, string runId, CancellationToken ct) =>
        (await runs.FindRunAsync(workspace, runId, ct))?.ArtifactUri ?? throw MlflowErrors.Missing($"Run with id={runId} not found");

    private async Task<string> ModelRootAsync(string workspace, string modelId, CancellationToken ct) =>
        (await runs.FindLoggedModelAsync(workspace, modelId, ct))?.ArtifactUri
            ?? throw MlflowErrors.Missing($"Logged model with ID '{modelId}' not found.");
}
