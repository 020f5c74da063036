using MlopsPlane.Cli.Import.Source;

namespace MlopsPlane.Cli.Import.Transfer;

/// <summary>Where a version's files are and which run made it, in the destination's terms.</summary>
internal sealed class VersionLocation(ISource source, Destination destination, LoggedModelTransfer loggedModels)
{
    private const string Runs = "runs:/";
    private const string Models = "models:/";

    /// <exception cref="SourceException">The files did not come over, so that the version would lead nowhere, or somewhere else.</exception>
    public async Task<SourceVersion> MapAsync(SourceVersion version, CancellationToken ct)
    {
        var run = version.RunId.Length == 0 ? null : await destination.FindRunAsync(version.RunId, ct);
        return version with
        {
            RunId = run?.Id ?? version.RunId,
            ModelId = version.ModelId.Length == 0 ? "" : loggedModels.IdHere(version.ModelId),
            Location = await LocationAsync(version, run, ct),
        };
    }

    private async Task<string> LocationAsync(SourceVersion version, ImportedRun? run, CancellationToken ct)
    {
        var location = version.Location;
        if (location.StartsWith(Models, StringComparison.Ordinal))
            return Models + loggedModels.IdHere(location[Models.Length..]);
        if (run is not null && Below(location, Runs + version.RunId) is { } path)
            return Runs + run.Id + path;
        if (run is not null && await source.FindRunAsync(version.RunId, ct) is { ArtifactUri.Length: > 0 } maker && Below(location, maker.ArtifactUri.TrimEnd('/')) is { } rest)
            return run.ArtifactUri + rest;
        // An address that means the other server's own store or disk means something else here.
        return location.StartsWith("mlflow-artifacts:", StringComparison.Ordinal) || location.StartsWith("file:", StringComparison.Ordinal) || location.StartsWith('/')
            ? throw new SourceException($"its files at {location} are not among the artifacts of an imported run")
            : location;
    }

    /// <summary>What follows a root; null when the text is not below it.</summary>
    private static string? Below(string text, string root) =>
        text.StartsWith(root, StringComparison.Ordinal) && (text.Length == root.Length || text[root.Length] == '/') ? text[root.Length..] : null;
}
