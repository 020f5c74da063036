using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace MlopsPlane.Hosting.Logs;

/// <summary>
/// Writes log lines as another formatter does, without the secrets that people put where they do not belong: a key in a
/// query or a path is logged by the server itself at its lower levels.
/// </summary>
internal sealed class RedactedConsole(IServiceProvider services, string inner) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "plane";

    /// <summary>An API key; its visible part says which one to revoke.</summary>
    private static readonly Regex Key = new(
        "(?<shown>plane_[a-z0-9]{8}_)[A-Za-z0-9_-]{20,}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    /// <summary>A JSON Web Token, or a token between services: base64url of a JSON object, and what follows it.</summary>
    private static readonly Regex Token = new(@"(?<shown>eyJ)[A-Za-z0-9_-]{10,}(\.[A-Za-z0-9_-]+)+", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking);

    // Not in the constructor: this formatter is one of those that are asked for.
    private readonly Lazy<ConsoleFormatter> lines = new(() => services.GetServices<ConsoleFormatter>().First(formatter => formatter.Name == inner));

    [ThreadStatic]
    private static StringWriter? buffer;

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var text = buffer ??= new StringWriter();
        text.GetStringBuilder().Clear();
        lines.Value.Write(logEntry, scopeProvider, text);
        textWriter.Write(Redact(text.ToString()));
    }

    /// <summary>The text with what is left of keys and tokens when their secret part is taken out.</summary>
    public static string Redact(string text) =>
        text.Contains("plane_", StringComparison.OrdinalIgnoreCase) || text.Contains("eyJ", StringComparison.Ordinal)
            ? Token.Replace(Key.Replace(text, "${shown}***"), "${shown}***")
            : text;
}
