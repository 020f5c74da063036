namespace MlopsPlane.Cli;

/// <summary>Ends a command with one line of explanation.</summary>
/// <param name="exitCode">One of <see cref="ExitCodes"/>.</param>
/// <param name="code">Stable word behind the line; a server's own where it told one.</param>
/// <param name="hint">What to do about it, on a line of its own.</param>
internal sealed class CliException(int exitCode, string code, string message, string? hint = null) : Exception(message)
{
    public int ExitCode => exitCode;

    public string Code => code;

    public string? Hint => hint;

    public static CliException Usage(string message, string? hint = null) => new(ExitCodes.Usage, "usage", message, hint);
}
