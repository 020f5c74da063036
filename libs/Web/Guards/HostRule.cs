using System.IO.Enumeration;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace MlopsPlane.Web.Guards;

/// <summary>
/// Which Host headers are ours: names of this machine, addresses that no name can be rebound to, and what is configured.
/// </summary>
internal sealed class HostRule(IEnumerable<string> patterns)
{
    private readonly string[] patterns = [.. patterns];
    private string? lastGood;

    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (TryParse(host, out var address) && IPAddress.IsLoopback(address));

    public bool Allows(HostString host)
    {
        // Nearly all requests come to one name.
        if (host.Value == lastGood)
            return host.HasValue;
        if (!Judge(host))
            return false;
        lastGood = host.Value;
        return true;
    }

    private bool Judge(HostString host)
    {
        if (IsLoopback(host.Host) || (TryParse(host.Host, out var address) && IsPrivate(address)))
            return true;
        foreach (var pattern in patterns)
        {
            if (FileSystemName.MatchesSimpleExpression(pattern, host.Host) || FileSystemName.MatchesSimpleExpression(pattern, host.Value))
                return true;
        }

        return false;
    }

    // A literal only: a name such as 10.evil.example is looked up and may lead anywhere.
    private static bool TryParse(string host, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IPAddress? address) =>
        IPAddress.TryParse(host.Trim('[', ']'), out address);

    private static bool IsPrivate(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetwork)
            return address.IsIPv6UniqueLocal;
        Span<byte> bytes = stackalloc byte[4];
        return address.TryWriteBytes(bytes, out _)
            && bytes is [10, _, _, _] or [192, 168, _, _] or [172, >= 16 and <= 31, _, _] or [0, 0, 0, 0];
    }
}
