using System.Text.RegularExpressions;

namespace MlopsPlane.Hosting.Logs;

/// <summary>Takes secrets out of text for logs, where people put them although they do not belong there.</summary>
public static class Redaction
{
    /// <summary>An API key; its visible part says which one to revoke.</summary>
    private static readonly Regex Key = new(
        "(?<shown>plane_[a-z0-9]{8}_)[A-Za-z0-9_-]{20,}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    /// <summary>A JSON Web Token, or a token between services: base64url of a JSON object, and what follows it.</summary>
    private static readonly Regex Token = new(@"(?<shown>eyJ)[A-Za-z0-9_-]{10,}(\.[A-Za-z0-9_-]+)+", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking);

    /// <summary>The text with what is left of keys and tokens when their secret part is taken out.</summary>
    public static string Redact(string text) =>
        text.Contains("plane_", StringComparison.OrdinalIgnoreCase) || text.Contains("eyJ", StringComparison.Ordinal)
            ? Token.Replace(Key.Replace(text, "${shown}***"), "${shown}***")
            : text;
}
