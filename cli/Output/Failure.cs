namespace MlopsPlane.Cli.Output;

/// <summary>Tells on standard error why a command failed.</summary>
internal static class Failure
{
    /// <summary>One line with what and the stable code, and one with what to do where there is something.</summary>
    public static void Tell(CliException failure)
    {
        Console.Error.WriteLine($"plane: {SafeText.Of(failure.Message.TrimEnd('.'))} ({SafeText.Of(failure.Code)})");
        if (failure.Hint is { } hint)
            Console.Error.WriteLine($"  {SafeText.Of(hint)}");
    }
}
