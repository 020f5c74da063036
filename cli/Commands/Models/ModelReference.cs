using System.Globalization;

namespace MlopsPlane.Cli.Commands.Models;

/// <summary>A model, and maybe one of its versions, by number or alias.</summary>
internal sealed record ModelReference(string Name, int? Version, string? Alias)
{
    private const string Scheme = "models:/";

    /// <summary>Reads <c>name</c>, <c>name/3</c>, <c>name@alias</c>, each also behind <c>models:/</c>.</summary>
    /// <exception cref="CliException">It is none of these.</exception>
    public static ModelReference Parse(string text)
    {
        var plain = text.StartsWith(Scheme, StringComparison.Ordinal) ? text[Scheme.Length..] : text;
        if (plain.LastIndexOf('/') is >= 0 and var slash)
        {
            return slash > 0 && int.TryParse(plain.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0
                ? new ModelReference(plain[..slash], version, null)
                : throw Wrong(text);
        }

        if (plain.LastIndexOf('@') is >= 0 and var at)
            return at > 0 && at < plain.Length - 1 ? new ModelReference(plain[..at], null, plain[(at + 1)..]) : throw Wrong(text);
        return plain.Length > 0 ? new ModelReference(plain, null, null) : throw Wrong(text);
    }

    /// <summary>A reference to an alias.</summary>
    /// <exception cref="CliException">It is no <c>name@alias</c>.</exception>
    public static ModelReference ParseAlias(string text) => Parse(text) is { Alias: not null } reference
        ? reference
        : throw CliException.Usage($"'{text}' names no alias: it must be written name@alias.");

    private static CliException Wrong(string text) => CliException.Usage($"'{text}' names no model.", "Write name, name/3, name@alias, or one of these behind models:/");
}
