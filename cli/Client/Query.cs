using System.Text;

namespace MlopsPlane.Cli.Client;

internal static class Query
{
    /// <summary>A path with those parameters that have a value.</summary>
    public static string Of(string path, params (string Name, string? Value)[] parameters)
    {
        var text = new StringBuilder(path);
        var mark = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        foreach (var (name, value) in parameters)
        {
            if (value is null)
                continue;
            text.Append(mark).Append(name).Append('=').Append(Uri.EscapeDataString(value));
            mark = '&';
        }

        return text.ToString();
    }

    /// <summary>A name as one part of a path. Dots alone would be taken for a way up.</summary>
    /// <exception cref="CliException">The name cannot be a part of a path.</exception>
    public static string Part(string name) => name is "" or "." or ".."
        ? throw CliException.Usage($"'{name}' is no name.")
        : Uri.EscapeDataString(name);
}
