using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace MlopsPlane.InferenceGateway.Converging;

/// <summary>Where other replicas reach this one, as far as what it listens on tells.</summary>
/// <param name="Http">Null while it does not listen.</param>
/// <param name="Grpc">Null where it speaks no gRPC.</param>
internal sealed record ReplicaAddresses(string? Http, string? Grpc)
{
    /// <param name="bound">Addresses that the process listens on.</param>
    /// <param name="grpcUrls">Those of them that are gRPC's, with semicolons between; null for none.</param>
    public static ReplicaAddresses Of(IEnumerable<string> bound, string? grpcUrls)
    {
        var ports = (grpcUrls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(url => BindingAddress.Parse(url).Port).ToHashSet();
        var addresses = bound.Select(BindingAddress.Parse).ToLookup(address => ports.Contains(address.Port));
        return new(addresses[false].Select(Reachable).FirstOrDefault(), addresses[true].Select(Reachable).FirstOrDefault());
    }

    private static string Reachable(BindingAddress address)
    {
        var everywhere = address.Host is "*" or "+" or "" || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)));
        return $"{address.Scheme}://{(everywhere ? OwnAddress() : address.Host)}:{address.Port}";
    }

    /// <summary>The machine's first address that is not its own alone; a host name may not be known to others.</summary>
    private static string OwnAddress() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(network => network.OperationalStatus == OperationalStatus.Up && network.NetworkInterfaceType != NetworkInterfaceType.Loopback)
        .SelectMany(network => network.GetIPProperties().UnicastAddresses).Select(unicast => unicast.Address)
        .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork)?.ToString() ?? "127.0.0.1";
}
