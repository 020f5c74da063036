using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MlopsPlane.Primitives;

namespace MlopsPlane.ExperimentTracker.Import;

/// <summary>
/// Where something that is imported came from: the other server and the id there. It stands in a tag, which is what
/// makes an import that is begun again find what it made before.
/// </summary>
internal readonly record struct ImportOrigin(string Source, string Id)
{
    /// <summary>The tag of experiments and runs that holds <see cref="Text"/>.</summary>
    public const string Tag = "mlopsplane.import.origin";

    private const int MaxSource = 1000;
    private const int MaxId = 256;

    /// <summary>The tag's value: source and id, separated by a space, which no id holds.</summary>
    public string Text => $"{Source} {Id}";

    /// <exception cref="PlaneException">400: the source or the id is missing, too long or holds a space or control character.</exception>
    public static ImportOrigin Of(string? source, string? id, string idField)
    {
        Check(source, "source", MaxSource);
        Check(id, idField, MaxId);
        return new(source!, id!);
    }

    /// <summary>
    /// The id that the run gets when its own is taken: 32 hex digits of a SHA-256 over workspace and origin, so that every
    /// attempt comes to the same one.
    /// </summary>
    public string Replacement(int workspaceId)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{workspaceId}\n{Text}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
    }

    /// <summary>Whether the id has the form that run ids have here: 32 lower-case hex digits.</summary>
    public bool HasRunId => Id.Length == 32 && Id.All(char.IsAsciiHexDigitLower);

    private static void Check(string? text, string field, int limit)
    {
        if (string.IsNullOrEmpty(text))
            throw PlaneError.Invalid("missing_value", $"'{field}' must not be empty.").ToException();
        if (text.Length > limit)
            throw PlaneError.Invalid("too_long", $"'{field}' exceeds the maximum length of {limit} characters.").ToException();
        if (text.Any(c => c == ' ' || char.IsControl(c)))
            throw PlaneError.Invalid("invalid_text", $"'{field}' must not contain spaces and control characters.").ToException();
    }
}
