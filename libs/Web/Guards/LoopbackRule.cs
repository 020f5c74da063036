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
            // Kestrel's forms for every address are no hosts to Uri.
            var readable = url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal);
            if (!Uri.TryCreate(readable, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
                wrong ??= url;
            else
                only &= address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
                    || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
        }

        return only;
    }
}
