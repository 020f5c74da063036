using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using MlopsPlane.Primitives;

namespace MlopsPlane.Web.Guards;

/// <summary>
/// Judges the request target as it came, because the server removes dot segments before routing and a path that
/// climbs would otherwise arrive as another path, even as another workspace.
/// </summary>
public sealed class RawTargetGuard(RequestDelegate next)
{
    /// <summary>Longest request target that is read, in characters.</summary>
    public const int MaxLength = 32 * 1024;

    private static readonly SearchValues<char> Suspicious = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(i => (char)i), '\x7f', '\\', '%']);

    public Task InvokeAsync(HttpContext http)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (!string.IsNullOrEmpty(target) && !IsSafe(target))
            throw PlaneError.Invalid("INVALID_PARAMETER_VALUE", "Invalid path").ToException();
        return next(http);
    }

    /// <summary>False when the path part, decoded again and again, holds a dot segment, a backslash or NUL, or once decoded a control character.</summary>
    public static bool IsSafe(string target)
    {
        if (target.Length > MaxLength)
            return false;
        var end = target.AsSpan().IndexOfAny('?', '#');
        // The usual target has none of what a trick is made of.
        var written = end < 0 ? target : target.AsSpan(0, end);
        if (written is ['/', ..] && !written.ContainsAny(Suspicious) && !written.Contains("/.", StringComparison.Ordinal))
            return true;
        var path = end < 0 ? target : target[..end];
        for (var round = 0; round < 10; round++)
        {
            // Decoded once it is what handlers see; deeper, a file name such as "timestamp%100" only looks like a control character.
            if (HoldsTrick(path) || (round < 2 && HoldsControl(path)))
                return false;
            if (!path.Contains('%', StringComparison.Ordinal))
                return true;
            var decoded = Uri.UnescapeDataString(path);
            if (decoded == path)
                return true;
            path = decoded;
        }

        return false;
    }

    private static bool HoldsControl(ReadOnlySpan<char> path) => path.IndexOfAnyInRange('\0', '\x1f') >= 0 || path.Contains('\x7f');

    private static bool HoldsTrick(ReadOnlySpan<char> path)
    {
        if (path.Contains('\0') || path.Contains('\\'))
            return true;
        foreach (var segment in path.Split('/'))
        {
            if (path[segment] is "." or "..")
                return true;
        }

        return false;
    }
}
