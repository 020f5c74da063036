namespace MlopsPlane.ExperimentTracker.Experiments;

/// <summary>A URI or path taken apart without normalising or validating it, so that putting it together gives it back.</summary>
internal sealed record UriParts(string Scheme, bool HasAuthority, string Authority, string Path, string Query, string Fragment)
{
    /// <summary>The last path segment carries <c>;params</c>, in the schemes that know them.</summary>
    public bool LastSegmentHasParams =>
        Scheme is "" or "ftp" or "sftp" or "http" or "https" && Path[(Path.LastIndexOf('/') + 1)..].Contains(';');

    public static UriParts Split(string uri)
    {
        var rest = uri;
        var scheme = "";
        var colon = rest.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && char.IsAsciiLetter(rest[0]) && rest.AsSpan(0, colon).IndexOfAnyExcept(SchemeCharacters) < 0)
            (scheme, rest) = (rest[..colon].ToLowerInvariant(), rest[(colon + 1)..]);
        var hasAuthority = rest.StartsWith("//", StringComparison.Ordinal);
        var authority = "";
        if (hasAuthority)
        {
            var end = rest.AsSpan(2).IndexOfAny('/', '?', '#');
            (authority, rest) = end < 0 ? (rest[2..], "") : (rest.Substring(2, end), rest[(2 + end)..]);
        }

        (rest, var fragment) = Cut(rest, '#');
        (rest, var query) = Cut(rest, '?');
        return new UriParts(scheme, hasAuthority, authority, rest, query, fragment);
    }

    public override string ToString() =>
        (Scheme.Length > 0 ? Scheme + ":" : "") + (HasAuthority ? "//" + Authority : "") + Path
        + (Query.Length > 0 ? "?" + Query : "") + (Fragment.Length > 0 ? "#" + Fragment : "");

    private static readonly System.Buffers.SearchValues<char> SchemeCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

    private static (string Before, string After) Cut(string text, char at)
    {
        var i = text.IndexOf(at, StringComparison.Ordinal);
        return i < 0 ? (text, "") : (text[..i], text[(i + 1)..]);
    }
}
