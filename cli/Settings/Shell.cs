namespace MlopsPlane.Cli.Settings;

internal static class Shell
{
    /// <summary>A text as one word of a POSIX shell.</summary>
    public static string Quote(string text) =>
        text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-') && text.Length > 0 ? text : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
