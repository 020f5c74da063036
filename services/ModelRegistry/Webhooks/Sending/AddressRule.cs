using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace MlopsPlane.ModelRegistry.Webhooks.Sending;

/// <summary>
/// Which addresses a webhook may reach: those of the public internet, and what the configuration allows beside. An address
/// that carries an IPv4 address (mapped, NAT64) is judged by that one.
/// </summary>
internal sealed class AddressRule(IOptions<WebhookOptions> options)
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

    private readonly string[] hosts = [.. options.Value.AllowedPrivateHosts.Where(entry => !IsNetwork(entry, out _))];
    private readonly IPNetwork[] networks = [.. options.Value.AllowedPrivateHosts.SelectMany(entry => IsNetwork(entry, out var network) ? [network] : Array.Empty<IPNetwork>())];

    /// <summary>Whether the configuration names the host, so that it may lie anywhere.</summary>
    public bool AllowsHost(string host) => hosts.Contains(host.TrimEnd('.'), StringComparer.OrdinalIgnoreCase);

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
