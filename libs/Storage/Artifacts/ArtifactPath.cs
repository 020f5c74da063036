using System.Text;

namespace MlopsPlane.Storage.Artifacts;

/// <summary>
/// A path below the root of an artifact store that has passed every rule. Stores take nothing else, so no text of a
/// client reaches a file system or bucket unjudged.
/// </summary>
public readonly record struct ArtifactPath
{
    /// <summary>Longest path in UTF-8 bytes: the longest object key of S3.</summary>
    public const int MaxBytes = 1024;

    private const int MaxSegmentBytes = 255;
    private const int MaxDecodings = 10;

    /// <summary>A folder of the root that belongs to the store itself.</summary>
    public const string Reserved = ".plane";

    private readonly string? value;

    private ArtifactPath(string value) => this.value = value;

    /// <summary>The root itself.</summary>
    public static ArtifactPath Root { get; }

    public bool IsRoot => Value.Length == 0;

    /// <summary>Segments joined by single slashes; empty for the root.</summary>
    public string Value => value ?? "";

    /// <summary>The last segment.</summary>
    public string Name => Value[(Value.LastIndexOf('/') + 1)..];

    /// <summary>
    /// Reads a path that a client sent: decodes it until it stays the same and refuses what climbs, is absolute, names
    /// a drive or a file URI, or holds a backslash, NUL or <c>#</c> at any stage of the decoding.
    /// </summary>
    public static bool TryParse(string text, out ArtifactPath path)
    {
        path = default;
        for (var round = 0; round < MaxDecodings; round++)
        {
            if (!HoldsOnlySafeText(text))
                return false;
            var decoded = KeepControlsEncoded(Uri.UnescapeDataString(text));
            if (decoded == text)
                return TryBuild(text, out path);
            text = decoded;
        }

        return false;
    }

    /// <summary>A path below this one; both were judged already.</summary>
    public ArtifactPath Join(ArtifactPath below) =>
        IsRoot ? below : below.IsRoot ? this : new ArtifactPath($"{Value}/{below.Value}");

    /// <summary>True for the path itself and for everything below it.</summary>
    public bool Contains(ArtifactPath other) =>
        IsRoot || Value == other.Value || other.Value.StartsWith(Value + "/", StringComparison.Ordinal);

    public override string ToString() => Value;

    private static bool TryBuild(string text, out ArtifactPath path)
    {
        path = default;
        if (text.StartsWith('/') || text.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
            || (text.Length > 2 && text[1] == ':' && text[2] == '/' && char.IsAsciiLetter(text[0])))
            return false;
        // MLflow's client asks for a whole run by the folder ".".
        var segments = text.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(segment => segment != ".").ToArray();
        foreach (var segment in segments)
        {
            if (segment == ".." || Encoding.UTF8.GetByteCount(segment) > MaxSegmentBytes)
                return false;
        }

        var joined = string.Join('/', segments);
        if (Encoding.UTF8.GetByteCount(joined) > MaxBytes || segments is [Reserved, ..])
            return false;
        path = new ArtifactPath(joined);
        return true;
    }

    /// <summary>Clients name images <c>key%step%20%timestamp%100</c>: what only looks like an encoded control character stays as it is.</summary>
    private static string KeepControlsEncoded(string decoded) =>
        decoded.Any(IsEncodable) ? string.Concat(decoded.Select(c => IsEncodable(c) ? $"%{(int)c:x2}" : c.ToString())) : decoded;

    private static bool IsEncodable(char c) => c is > '\0' and < ' ' or '\x7f';

    private static bool HoldsOnlySafeText(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is '\\' or '#' || char.IsControl(c))
                return false;
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (char.IsSurrogate(c))
                return false;
        }

        return true;
    }
}
