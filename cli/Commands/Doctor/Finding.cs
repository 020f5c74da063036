namespace MlopsPlane.Cli.Commands.Doctor;

internal enum State
{
    Ok,
    Warning,
    Failed,
}

/// <summary>What one check found.</summary>
/// <param name="Advice">What to do; for everything that is not well.</param>
internal sealed record Finding(string Check, State State, string Detail, string? Advice = null)
{
    public static Finding Ok(string check, string detail) => new(check, State.Ok, detail);

    public static Finding Warning(string check, string detail, string advice) => new(check, State.Warning, detail, advice);

    public static Finding Failed(string check, string detail, string advice) => new(check, State.Failed, detail, advice);

    /// <summary>A failure as the client told it.</summary>
    public static Finding Failed(string check, CliException failure) => Failed(check, failure.Message, failure.Hint ?? "Look at the server's log.");
}
