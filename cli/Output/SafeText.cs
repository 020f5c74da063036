using System.Globalization;
using System.Text;

namespace MlopsPlane.Cli.Output;

/// <summary>Names and messages of a server may hold anything, and a terminal obeys what it is shown.</summary>
internal static class SafeText
{
    /// <summary>The text on one line, with every character that a terminal would act upon written as <c>\u001b</c>.</summary>
    public static string Of(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        var first = text.AsSpan().IndexOfAnyExceptInRange(' ', '~');
        if (first < 0)
            return text;
        var safe = new StringBuilder(text, 0, first, text.Length + 16);
        for (var i = first; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                // Tags and other format characters beyond the first plane are as invisible as those below.
                if (CharUnicodeInfo.GetUnicodeCategory(char.ConvertToUtf32(text[i], text[i + 1])) == UnicodeCategory.Format)
                    Escape(safe, text[i]).Append(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)text[i + 1]:x4}"));
                else
                    safe.Append(text, i, 2);
                i++;
            }
            else if (Acts(text[i]))
            {
                Escape(safe, text[i]);
            }
            else
            {
                safe.Append(text[i]);
            }
        }

        return safe.ToString();
    }

    /// <summary>Control characters, half characters, and those that turn the direction of writing or break lines.</summary>
    private static bool Acts(char c) => char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static StringBuilder Escape(StringBuilder to, char c) => c switch
    {
        '\n' => to.Append("\\n"),
        '\r' => to.Append("\\r"),
        '\t' => to.Append("\\t"),
        _ => to.Append(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}")),
    };
}
