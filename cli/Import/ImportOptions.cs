using System.IO.Enumeration;

namespace MlopsPlane.Cli.Import;

internal enum ConflictPolicy
{
    Skip,
    Rename,
    Fail,
}

/// <summary>What an import takes along, and how.</summary>
/// <param name="Experiments">Patterns of experiments' names; empty for all. So is <paramref name="Models"/> for registered models.</param>
/// <param name="Since">Only runs that started then or later, in milliseconds since 1970 UTC.</param>
/// <param name="Parallel">Runs that are worked on at the same time.</param>
internal sealed record ImportOptions(
    IReadOnlyList<string> Experiments, IReadOnlyList<string> Models, long Since, int Parallel, bool Artifacts, bool DeletedToo, ConflictPolicy OnConflict)
{
    public bool TakesExperiment(string name) => Matches(Experiments, name);

    public bool TakesModel(string name) => Matches(Models, name);

    private static bool Matches(IReadOnlyList<string> patterns, string name) =>
        patterns.Count == 0 || patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false));
}
