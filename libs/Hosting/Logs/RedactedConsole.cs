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

    // Not in the constructor: this formatter is one of those that are asked for.
    private readonly Lazy<ConsoleFormatter> lines = new(() => services.GetServices<ConsoleFormatter>().First(formatter => formatter.Name == inner));

    [ThreadStatic]
    private static StringWriter? buffer;

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var text = buffer ??= new StringWriter();
        text.GetStringBuilder().Clear();
        lines.Value.Write(logEntry, scopeProvider, text);
        textWriter.Write(Redaction.Redact(text.ToString()));
    }
}
