using System.Net;

namespace MlopsPlane.ModelRegistry.Sources;

/// <summary>The parts of a source, split as Python's <c>urllib.parse.urlparse</c> splits it.</summary>
/// <param name="Scheme">In lower case; empty for a bare path.</param>
/// <param name="Host">In lower case, without user and port; empty when there is none.</param>
/// <param name="Text">The whole.</param>
internal readonly record struct SourceUri(string Scheme, string Host, string Path, string Text)
{
    public static SourceUri Parse(string text)
    {
        var rest = text.AsSpan().TrimStart(' ');
        var scheme = SchemeOf(rest);
        if (scheme.Length > 0)
            rest = rest[(scheme.Length + 1)..];
        var authority = ReadOnlySpan<char>.Empty;
        if (rest.StartsWith("//"))
        {
            rest = rest[2..];
            var end = rest.IndexOfAny('/', '?', '#');
            authority = end < 0 ? rest : rest[..end];
            rest = rest[authority.Length..];
        }

        var cut = rest.IndexOfAny('?', '#');
        return new(scheme.ToString().ToLowerInvariant(), HostOf(authority), (cut < 0 ? rest : rest[..cut]).ToString(), text);
    }

    /// <summary>A path of this machine: no scheme or <c>file:</c>, and no other machine named.</summary>
    public bool IsLocal => Scheme.Length == 0 || (Scheme == "file" && !NamesOtherHost);

    /// <summary>A <c>file:</c> address of another machine, which nothing can read.</summary>
    public bool IsForeignFile => Scheme == "file" && NamesOtherHost;

    /// <summary>The path in the file system that a local source means.</summary>
    public string LocalPath => Scheme == "file" ? Uri.UnescapeDataString(Path) : Text;

    /// <summary>Decodes percent signs until nothing changes, so that no number of layers hides anything.</summary>
    public static string DecodeFully(string text)
    {
        while (true)
        {
            var decoded = WebUtility.UrlDecode(text);
            if (decoded == text)
                return text;
            text = decoded;
        }
    }

    private bool NamesOtherHost =>
        Host.Length > 0 && Host != "." && !Host.StartsWith("localhost", StringComparison.Ordinal) && !Host.StartsWith("127.0.0.1", StringComparison.Ordinal);

    private static ReadOnlySpan<char> SchemeOf(ReadOnlySpan<char> text)
    {
        var colon = text.IndexOf(':');
        if (colon <= 0 || !char.IsAsciiLetter(text[0]))
            return [];
        foreach (var c in text[..colon])
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.'))
                return [];
        }

        return text[..colon];
    }

    private static string HostOf(ReadOnlySpan<char> authority)
    {
        var at = authority.LastIndexOf('@');
        var host = at < 0 ? authority : authority[(at + 1)..];
        if (host is ['[', ..] && host.IndexOf(']') is > 0 and var close)
            return host[1..close].ToString().ToLowerInvariant();
        var colon = host.IndexOf(':');
        return (colon < 0 ? host : host[..colon]).ToString().ToLowerInvariant();
    }
}
