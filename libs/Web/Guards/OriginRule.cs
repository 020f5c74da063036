using System.IO.Enumeration;
using Microsoft.AspNetCore.Http;

namespace MlopsPlane.Web.Guards;

/// <summary>Which pages a browser may call from: our own, those of this machine, and what is configured.</summary>
internal sealed class OriginRule(IEnumerable<string> patterns)
{
    private readonly string[] patterns = [.. patterns];

    /// <summary>True when every page may call; none of them with a reader's credentials then.</summary>
    public bool AllowsAll => patterns.Contains("*");

    public bool Allows(string origin, HostString host)
    {
        if (Uri.TryCreate(origin, UriKind.Absolute, out var from)
            && (HostRule.IsLoopback(from.Host) || from.Authority.Equals(host.Value, StringComparison.OrdinalIgnoreCase)))
            return true;
        foreach (var pattern in patterns)
        {
            if (FileSystemName.MatchesSimpleExpression(pattern, origin))
                return true;
        }

        return false;
    }
}
