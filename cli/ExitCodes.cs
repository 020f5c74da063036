namespace MlopsPlane.Cli;

/// <summary>What the process's exit status says.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>The server refused, or a check failed.</summary>
    public const int Failed = 1;

    /// <summary>The command was written wrongly, or lacks something that only its caller can give.</summary>
    public const int Usage = 2;

    /// <summary>No answer: unknown name, closed port, bad certificate, timeout, or 502, 503, 504.</summary>
    public const int Unreachable = 3;

    /// <summary>401 or 403.</summary>
    public const int NotAllowed = 4;

    /// <summary>Ctrl-C.</summary>
    public const int Interrupted = 130;
}
