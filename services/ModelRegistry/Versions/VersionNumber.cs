using System.Globalization;
using MlopsPlane.Mlflow.Errors;

namespace MlopsPlane.ModelRegistry.Versions;

/// <summary>A version number as a client wrote it.</summary>
/// <param name="Value">The number; one that no version can have when the text is beyond an int.</param>
/// <param name="Text">The client's text, for messages.</param>
internal readonly record struct VersionNumber(int Value, string Text)
{
    public static VersionNumber Parse(string? text)
    {
        if (text is null || !IsInteger(text.Trim()))
            throw MlflowErrors.Invalid($"Parameter 'version' must be an integer, got '{text}'.");
        return new(int.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : -1, text);
    }

    private static bool IsInteger(ReadOnlySpan<char> text)
    {
        var digits = text is ['+' or '-', .. var rest] ? rest : text;
        return digits.Length > 0 && !digits.ContainsAnyExceptInRange('0', '9');
    }
}
