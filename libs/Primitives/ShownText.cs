using System.Text;

namespace MlopsPlane.Primitives;

/// <summary>Text from outside as people and every database can have it.</summary>
public static class ShownText
{
    /// <summary>
    /// Without control characters, with U+FFFD for halves of characters, and no longer than <paramref name="longest"/> UTF-16
    /// code units, the ellipsis of a cut aside.
    /// </summary>
    public static string Of(string text, int longest = 1000)
    {
        var shown = new StringBuilder(Math.Min(text.Length, longest) + 3);
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length + rune.Utf16SequenceLength > longest)
                return shown.Append("...").ToString();
            if (Rune.IsControl(rune))
                shown.Append(' ');
            else
                shown.Append(rune.ToString());
        }

        return shown.ToString();
    }
}
