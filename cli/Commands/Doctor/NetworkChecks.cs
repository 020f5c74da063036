using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using MlopsPlane.Cli.Settings;

namespace MlopsPlane.Cli.Commands.Doctor;

/// <summary>Name, port and certificate.</summary>
internal static class NetworkChecks
{
    public static async IAsyncEnumerable<Finding> RunAsync(Call call, [EnumeratorCancellation] CancellationToken ct)
    {
        var url = call.Target.Url;
        if (!Target.IsLoopback(url) && HttpClient.DefaultProxy.GetProxy(url) is { } proxy && !HttpClient.DefaultProxy.IsBypassed(url))
        {
            // What the proxy reaches, only the request itself will tell.
            yield return Finding.Ok("proxy", $"requests go through {proxy.GetLeftPart(UriPartial.Authority)}");
            yield break;
        }

        var (name, addresses) = await ResolveAsync(call, url, ct);
        yield return name;
        if (addresses.Length == 0)
            yield break;
        yield return await ConnectAsync(call, url, addresses, ct);
        if (url.Scheme == "https")
            yield return await TlsCheck.RunAsync(call, url, ct);
    }

    private static async Task<(Finding, IPAddress[])> ResolveAsync(Call call, Uri url, CancellationToken ct)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bound.CancelAfter(call.Timeout);
        try
        {
            var found = await Dns.GetHostAddressesAsync(url.DnsSafeHost, bound.Token);
            return (Finding.Ok("name", $"{url.DnsSafeHost} is {string.Join(", ", found.Select(address => address.ToString()))}"), found);
        }
        catch (Exception failure) when (failure is SocketException || (failure is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return (Finding.Failed("name", $"there is no host '{url.DnsSafeHost}': {failure.Message}", $"Correct the address, which comes from {call.Target.UrlFrom}, or this machine's DNS."), []);
        }
    }

    private static async Task<Finding> ConnectAsync(Call call, Uri url, IPAddress[] addresses, CancellationToken ct)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bound.CancelAfter(call.Timeout);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            var begun = call.Clock.GetTimestamp();
            await socket.ConnectAsync(addresses, url.Port, bound.Token);
            return Finding.Ok("port", $"{url.Port} takes connections, in {call.Clock.GetElapsedTime(begun).TotalMilliseconds:0.0} ms");
        }
        catch (Exception failure) when (failure is SocketException || (failure is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return failure is SocketException { SocketErrorCode: SocketError.ConnectionRefused }
                ? Finding.Failed("port", $"nothing listens on port {url.Port} of {url.DnsSafeHost}", "Start the server (./run.sh), or correct the port; the product's own is 5000, that of a cluster's edge 5080.")
                : Finding.Failed("port", $"port {url.Port} of {url.DnsSafeHost} does not answer", "A firewall may drop the connection; or the server's machine is down.");
        }
    }
}
