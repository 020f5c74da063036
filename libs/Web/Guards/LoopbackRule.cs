using System.Net;

namespace MlopsPlane.Web.Guards;

/// <summary>Without identity the process listens on loopback addresses only.</summary>
public static class LoopbackRule
{
    /// <summary>Why the addresses may not be listened on; null when all are loopback.</summary>
    /// <param name="urls">Addresses as Kestrel takes them, separated by semicolons.</param>
    public static string? Refusal(string urls)
    {
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
                return $"--urls: '{url}' is not an address such as http://127.0.0.1:5000.";
            var loopback = address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
                || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
            if (!loopback)
                return $"--urls: '{url}' is reachable from other machines, which needs an identity, and none is configured. Listen on http://127.0.0.1:{address.Port} instead.";
        }

        return null;
    }
}
