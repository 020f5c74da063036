using System.Net;
using System.Net.Sockets;

namespace MlopsPlane.Testing.Servers;

/// <summary>Ports of this machine for servers that must be told theirs.</summary>
public static class FreePort
{
    // Below the ports that Linux gives to outgoing connections, any of which could take one before its server does.
    private const int From = 12_000;
    private const int Below = 32_000;
    private const int Attempts = 1000;

    /// <summary>A port that nobody listened on a moment ago.</summary>
    public static int Next()
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var port = Random.Shared.Next(From, Below);
            using var probe = new TcpListener(IPAddress.Loopback, port);
            try
            {
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken; another one is tried.
            }
        }

        throw new InvalidOperationException("No port is free.");
    }

    /// <summary>The same as an address of this machine.</summary>
    public static string Address() => $"http://127.0.0.1:{Next()}";
}
