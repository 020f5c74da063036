using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using MlopsPlane.Web.Guards;

namespace MlopsPlane.Hosting.Startup;

/// <summary>
/// Where gRPC is spoken: an address of its own, since HTTP/1.1 and HTTP/2 cannot share a port without TLS.
/// <c>grpc-urls</c>; unset in one process it is the port after the first of <c>urls</c>, if nobody has that.
/// </summary>
internal static class GrpcListening
{
    public const string Key = "grpc-urls";

    /// <summary>The addresses, separated by semicolons; null for none.</summary>
    /// <exception cref="StartRefusedException">One is no address.</exception>
    public static string? AddressesOf(IConfiguration configuration, PlaneHostOptions options, string urls)
    {
        if (configuration[Key] is { } given)
        {
            foreach (var url in Split(given))
            {
                // The port tells later which addresses are gRPC's.
                if (LoopbackRule.AddressOf(url) is not { Port: > 0 })
                    throw new StartRefusedException($"--grpc-urls: '{url}' is not an address with a port, such as http://127.0.0.1:5001.");
            }

            return given.Length == 0 ? null : given;
        }

        var first = Split(urls).FirstOrDefault();
        if (!options.Embedded || first is null || LoopbackRule.AddressOf(first) is not { Scheme: "http", Port: > 0 and < IPEndPoint.MaxPort } address)
            return null;
        return IsFree(address.Port + 1) ? $"http://{address.Host}:{address.Port + 1}" : null;
    }

    /// <summary>Makes Kestrel speak HTTP/2 alone on the ports of the addresses.</summary>
    public static void Apply(KestrelServerOptions kestrel, string? addresses)
    {
        if (addresses is null)
            return;
        var ports = Split(addresses).Select(url => LoopbackRule.AddressOf(url)!).Where(address => address.Scheme == "http")
            .Select(address => address.Port).ToHashSet();
        kestrel.ConfigureEndpointDefaults(listen =>
        {
            if (listen.IPEndPoint is { } endpoint && ports.Contains(endpoint.Port))
                listen.Protocols = HttpProtocols.Http2;
        });
    }

    /// <summary>The addresses of a process that are gRPC's, and the others.</summary>
    public static ILookup<bool, string> Divide(IEnumerable<string> bound, GrpcAddresses grpc)
    {
        var ports = Split(grpc.Urls ?? "").Select(url => LoopbackRule.AddressOf(url)!.Port).ToHashSet();
        return bound.ToLookup(url => LoopbackRule.AddressOf(url) is { } address && ports.Contains(address.Port));
    }

    private static string[] Split(string urls) => urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool IsFree(int port)
    {
        using var probe = new TcpListener(IPAddress.Loopback, port);
        try
        {
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

/// <summary>Where the process speaks gRPC; null where it does not.</summary>
public sealed record GrpcAddresses(string? Urls);
