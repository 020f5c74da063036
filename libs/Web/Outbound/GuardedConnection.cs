using System.Net;
using System.Net.Sockets;

namespace MlopsPlane.Web.Outbound;

/// <summary>
/// Makes the connections to hosts that callers name: looks the name up once, judges every address that it has, and connects to exactly
/// those. A name that resolves differently a moment later gains nothing by it.
/// </summary>
public sealed class GuardedConnection(AddressRule addresses)
{
    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="AddressRefusedException">The host has an address that must not be reached.</exception>
    public async ValueTask<Stream> OpenAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var host = context.DnsEndPoint.Host;
        var found = await Dns.GetHostAddressesAsync(host, ct);
        if (!addresses.AllowsHost(host) && Array.Find(found, address => !addresses.Allows(address)) is { } refused)
            throw new AddressRefusedException($"The host resolves to {refused}, which is not a public address.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(found, context.DnsEndPoint.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>The host lies where requests must not go.</summary>
public sealed class AddressRefusedException(string message) : IOException(message);
