using MlopsPlane.Primitives;

namespace MlopsPlane.Access;

/// <summary>Free texts that people give.</summary>
internal static class Texts
{
    /// <summary>Longest text, in characters.</summary>
    public const int MaxLength = 1000;

    /// <exception cref="PlaneException">400: too long.</exception>
    public static string? Bounded(string? text, string field) => text?.Length > MaxLength
        ? throw PlaneError.Invalid("text_too_long", $"'{field}' must have at most {MaxLength} characters.").ToException()
        : text;

    /// <summary>As much of a text as the audit log keeps.</summary>
    public static string? Shown(string? text) => text?.Length > MaxLength ? text[..MaxLength] : text;
}
