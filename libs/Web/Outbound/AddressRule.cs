using System.Net;
using System.Net.Sockets;

namespace MlopsPlane.Web.Outbound;

/// <summary>
/// Which addresses may be reached that callers name: those of the public internet, and what the configuration allows beside.
/// An address that carries an IPv4 address (mapped, NAT64) is judged by that one.
/// </summary>
/// <param name="allowed">
/// Names of hosts, which may then lie anywhere, <c>*.example.internal</c> for every host below a domain; networks
/// (<c>10.0.0.0/8</c>) and single addresses, which any name may resolve to.
/// </param>
public sealed class AddressRule(IReadOnlyCollection<string> allowed)
{
    private const int Nat64Prefix = 96;

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>The only IPv6 addresses that are given out for global use (RFC 4291, IANA's registry).</summary>
    private static readonly IPNetwork Global = IPNetwork.Parse("2000::/3");

    /// <summary>IANA's special-purpose registries (RFC 6890), multicast, and the metadata service of Azure, whose address looks public.</summary>
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
            "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        }.Select(IPNetwork.Parse),
    ];

    private readonly string[] hosts = [.. allowed.Where(entry => !IsNetwork(entry, out _))];
    private readonly IPNetwork[] networks = [.. allowed.SelectMany(entry => IsNetwork(entry, out var network) ? [network] : Array.Empty<IPNetwork>())];

    /// <summary>Whether the configuration names the host, so that it may lie anywhere.</summary>
    public bool AllowsHost(string host)
    {
        var name = host.TrimEnd('.');
        return Array.Exists(hosts, entry => entry.StartsWith("*.", StringComparison.Ordinal)
            ? name.Length > entry.Length - 1 && name.EndsWith(entry[1..], StringComparison.OrdinalIgnoreCase)
            : name.Equals(entry, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The address that a host is known to lie at without a look-up, when it must not be reached; null when there is none.</summary>
    /// <param name="host">As <see cref="Uri.IdnHost"/> has it.</param>
    public IPAddress? Refused(string host)
    {
        var name = host.TrimEnd('.');
        if (AllowsHost(name))
            return null;
        var isLocal = name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
        var known = isLocal ? IPAddress.Loopback : IPAddress.TryParse(name, out var literal) ? literal : null;
        return known is null || Allows(known) ? null : known;
    }

    /// <summary>Whether a connection to the address may be made.</summary>
    public bool Allows(IPAddress address)
    {
        var judged = Inner(address);
        return IsPublic(judged) || Array.Exists(networks, network => network.Contains(judged));
    }

    private static bool IsPublic(IPAddress address) =>
        (address.AddressFamily == AddressFamily.InterNetwork || Global.Contains(address)) && !Array.Exists(Special, network => network.Contains(address));

    private static IPAddress Inner(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && Nat64.Contains(address))
            return new IPAddress(address.GetAddressBytes().AsSpan(Nat64Prefix / 8));
        // A scope is not part of what is judged.
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(address.GetAddressBytes()) : address;
    }

    private static bool IsNetwork(string entry, out IPNetwork network)
    {
        if (IPAddress.TryParse(entry, out var single))
        {
            network = new IPNetwork(single, single.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
            return true;
        }

        return IPNetwork.TryParse(entry, out network);
    }
}
