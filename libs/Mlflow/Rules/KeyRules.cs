using System.Globalization;
using System.Text;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;

namespace MlopsPlane.Mlflow.Rules;

/// <summary>MLflow's rules on the names of metrics, params and tags, with its messages.</summary>
public static class KeyRules
{
    /// <summary>Longest key in characters.</summary>
    public const int MaxKeyLength = 250;

    private const string BadCharacters =
        "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).";

    /// <summary>Whether a name breaks none of the rules, told without looking at those that few names come near to.</summary>
    public static bool IsPlainName(string name) =>
        name.Length is > 0 and <= MaxKeyLength && name[0] != '.' && !name.Contains('/') && HasOnlyKnownCharacters(name);

    /// <summary>Refuses a name with other characters, or one that a file system would read as another name.</summary>
    /// <param name="path">The parameter as the message names it, e.g. <c>metrics[0].name</c>.</param>
    public static void CheckName(string name, string path)
    {
        if (!HasOnlyKnownCharacters(name))
            throw Invalid(path, name, BadCharacters);
        // The usual name has none of the characters that make another name of it.
        if (name.Length > 0 && !name.Contains('/') && !name.StartsWith('.'))
            return;
        var normal = NormalPath(name);
        if (normal != name || normal == "." || normal.StartsWith("..", StringComparison.Ordinal) || normal.StartsWith('/'))
            throw Invalid(path, name, BadPath(name));
    }

    /// <summary>The rule that a name breaks when a file system would read it as another one.</summary>
    public static string BadPath(string name) =>
        "Names may be treated as files in certain cases, and must not resolve to other names when treated as such. "
        + $"This name would resolve to {PythonText.Repr(NormalPath(name))}";

    /// <summary>Refuses a text longer than <paramref name="limit"/> characters.</summary>
    public static void CheckLength(string text, int limit, string what)
    {
        if (IsLonger(text, limit))
            throw MlflowErrors.Invalid(string.Create(CultureInfo.InvariantCulture, $"'{what}' exceeds the maximum length of {limit} characters"));
    }

    /// <summary>The first <paramref name="limit"/> characters: what MLflow keeps of a long param or run tag.</summary>
    public static string Truncate(string text, int limit)
    {
        if (!IsLonger(text, limit))
            return text;
        var end = 0;
        for (var taken = 0; taken < limit; taken++)
            end += char.IsHighSurrogate(text[end]) ? 2 : 1;
        return text[..end];
    }

    /// <summary>Python's <c>posixpath.normpath</c>.</summary>
    public static string NormalPath(string path)
    {
        var slashes = path.StartsWith("//", StringComparison.Ordinal) && !path.StartsWith("///", StringComparison.Ordinal) ? 2 : path.StartsWith('/') ? 1 : 0;
        var kept = new List<string>();
        foreach (var part in path.Split('/'))
        {
            if (part is "" or ".")
                continue;
            if (part != ".." || (slashes == 0 && kept.Count == 0) || (kept.Count > 0 && kept[^1] == ".."))
                kept.Add(part);
            else if (kept.Count > 0)
                kept.RemoveAt(kept.Count - 1);
        }

        var normal = new string('/', slashes) + string.Join('/', kept);
        return normal.Length == 0 ? "." : normal;
    }

    public static Exception Invalid(string path, string value, string rule) =>
        MlflowErrors.Invalid($"Invalid value {PythonText.Json(value)} for parameter '{path}' supplied: {rule}");

    private static bool HasOnlyKnownCharacters(string name)
    {
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.' or ' ' or ':' or '/'))
                return HasOnlyKnownRunes(name);
        }

        return true;
    }

    /// <summary>Letters and numbers of every script count, as in Python's <c>\w</c>.</summary>
    private static bool HasOnlyKnownRunes(string name)
    {
        foreach (var rune in name.EnumerateRunes())
        {
            if (!Rune.IsLetter(rune) && !Rune.IsNumber(rune) && rune.Value is not ('_' or '-' or '.' or ' ' or ':' or '/'))
                return false;
        }

        return true;
    }

    /// <summary>Whether the text has more code points than that; Python counts them, not UTF-16 units.</summary>
    public static bool IsLonger(string text, int limit)
    {
        if (text.Length <= limit)
            return false;
        var length = text.Length;
        foreach (var c in text)
        {
            if (char.IsLowSurrogate(c))
                length--;
        }

        return length > limit;
    }
}
