using MlopsPlane.Cli.Import.Verify;

namespace MlopsPlane.Cli.Import.Transfer;

/// <summary>What is done when somebody else's experiment or model has the name already.</summary>
internal static class Conflicts
{
    private const int MaxNames = 9;

    /// <param name="suffix">What is put behind a name that is taken.</param>
    /// <param name="tryName">Null when the name is taken; every attempt to import the same thing under it finds it again.</param>
    /// <returns>Null when the thing is left out.</returns>
    /// <exception cref="CliException">The import was to end when a name is taken.</exception>
    public static async Task<T?> PlaceAsync<T>(
        string what, string name, string suffix, ConflictPolicy policy, ImportReport report, Func<string, Task<T?>> tryName) where T : class
    {
        if (await tryName(name) is { } placed)
            return placed;
        switch (policy)
        {
            case ConflictPolicy.Fail:
                throw new CliException(ExitCodes.Failed, "name_taken", $"The name of {what} is taken here.", "--on-conflict skip leaves it out, --on-conflict rename imports it under another name.");
            case ConflictPolicy.Skip:
                report.Skipped(what, "its name is taken here");
                return null;
            default:
                for (var number = 1; number <= MaxNames; number++)
                {
                    if (await tryName(number == 1 ? name + suffix : $"{name}{suffix}-{number}") is { } renamed)
                        return renamed;
                }

                report.Failed(what, "its name is taken here, and so are the names that it would be given");
                return null;
        }
    }
}
