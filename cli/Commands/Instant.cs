using System.Globalization;

namespace MlopsPlane.Cli.Commands;

/// <summary>Instants as people give them.</summary>
internal static class Instant
{
    private const double MaxDays = 36_500;

    /// <summary>ISO 8601 (UTC when it names no offset), or a span before now: <c>90s</c>, <c>15m</c>, <c>12h</c>, <c>7d</c>.</summary>
    /// <exception cref="CliException">It is neither.</exception>
    public static DateTimeOffset? Parse(string? text, string option, TimeProvider clock)
    {
        if (text is null)
            return null;
        if (text.Length > 1 && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && DaysOf(text[^1]) is { } days && number * days <= MaxDays)
            return clock.GetUtcNow() - TimeSpan.FromDays(number * days);
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) && char.IsAsciiDigit(text[0])
            ? at
            : throw CliException.Usage($"{option}: '{text}' is no instant.", "Write 2026-01-31T12:00:00Z, or a span before now such as 90m, 12h or 7d.");
    }

    private static double? DaysOf(char unit) => unit switch
    {
        's' => 1.0 / 86_400,
        'm' => 1.0 / 1440,
        'h' => 1.0 / 24,
        'd' => 1,
        _ => null,
    };
}
