using System.Net;

namespace MlopsPlane.Web.Guards;

/// <summary>Without identity the process listens on loopback addresses only.</summary>
public static class LoopbackRule
{
    /// <summary>Whether no other machine reaches the addresses.</summary>
    /// <param name="urls">Addresses as Kestrel takes them, separated by semicolons.</param>
    /// <param name="wrong">The first that is no address; null when all are.</param>
    public static bool OnlyLoopback(string urls, out string? wrong)
    {
        wrong = null;
        var only = true;
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (AddressOf(url) is not { } address)
                wrong ??= url;
            else
                only &= address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
                    || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
        }

        return only;
    }

    /// <summary>The address to listen on as Kestrel takes it, whose forms for every address are no hosts to Uri; null when it is none.</summary>
    public static Uri? AddressOf(string url)
    {
        var readable = url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal);
        return Uri.TryCreate(readable, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : null;
    }
}
