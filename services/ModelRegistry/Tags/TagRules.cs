using System.Text.RegularExpressions;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;

namespace MlopsPlane.ModelRegistry.Tags;

/// <summary>What tags of models and versions may hold, with MLflow's messages.</summary>
internal static partial class TagRules
{
    /// <summary>The tag that makes a registered model a prompt.</summary>
    public const string IsPrompt = "mlflow.prompt.is_prompt";

    private const string PromptText = "mlflow.prompt.text";
    private const int MaxKeyLength = 250;
    private const int MaxValueLength = 100_000;

    private const string BadCharacters =
        "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).";

    public static void CheckModelTag(string? key, string value)
    {
        CheckKey(key);
        CheckLength(key!, MaxKeyLength, "key");
        CheckLength(value, MaxValueLength, "value");
    }

    public static void CheckVersionTag(string? key, string value)
    {
        CheckKey(key);
        CheckLength(key!, MaxKeyLength, "key");
        if (key == PromptText && CodePoints(value) > MaxValueLength)
            throw MlflowErrors.Invalid($"Prompt text exceeds max length of {MaxValueLength} characters.");
        CheckLength(value, MaxValueLength, "value");
    }

    public static void CheckKey(string? key)
    {
        if (key is null)
            throw MlflowErrors.Invalid("Missing value for required parameter 'key'.");
        if (!KeyCharacters().IsMatch(key))
            throw MlflowErrors.Invalid($"Invalid value {PythonText.Json(key)} for parameter 'key' supplied: {BadCharacters}");
        var normal = Normalize(key);
        if (normal != key || normal == "." || normal.StartsWith("..", StringComparison.Ordinal) || normal.StartsWith('/'))
            throw MlflowErrors.Invalid($"Invalid value {PythonText.Json(key)} for parameter 'key' supplied: {BadPath(key)}");
    }

    /// <summary>Length in characters as a reader counts them (code points), not in UTF-16 units.</summary>
    public static void CheckLength(string text, int limit, string what)
    {
        if (text.Length > limit && CodePoints(text) > limit)
            throw MlflowErrors.Invalid($"'{what}' exceeds the maximum length of {limit} characters");
    }

    public static string BadPath(string name) =>
        "Names may be treated as files in certain cases, and must not resolve to other names when treated as such. "
        + $"This name would resolve to {PythonText.Repr(Normalize(name))}";

    private static int CodePoints(string text) => text.Length - text.Count(char.IsLowSurrogate);

    /// <summary><c>posixpath.normpath</c>.</summary>
    private static string Normalize(string path)
    {
        if (path.Length == 0)
            return ".";
        var rooted = path[0] == '/';
        var kept = new List<string>();
        foreach (var segment in path.Split('/'))
        {
            if (segment is "" or ".")
                continue;
            if (segment != ".." || (!rooted && kept.Count == 0) || (kept.Count > 0 && kept[^1] == ".."))
                kept.Add(segment);
            else if (kept.Count > 0)
                kept.RemoveAt(kept.Count - 1);
        }

        // POSIX keeps exactly two leading slashes apart from one.
        var root = !rooted ? "" : path.StartsWith("//", StringComparison.Ordinal) && !path.StartsWith("///", StringComparison.Ordinal) ? "//" : "/";
        var normal = root + string.Join('/', kept);
        return normal.Length == 0 ? "." : normal;
    }

    [GeneratedRegex(@"^[/\w.\- :]*$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KeyCharacters();
}
