using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace MlopsPlane.EdgeGateway.Tests.World;

/// <summary>Sends bytes as they are, for what no well-behaved client writes.</summary>
internal static class RawHttp
{
    /// <summary>The whole answer; the request must ask for the connection's end.</summary>
    public static async Task<string> SendAsync(Uri address, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    public static async Task<int> StatusAsync(Uri address, string request) =>
        int.Parse((await SendAsync(address, request)).Split(' ')[1], CultureInfo.InvariantCulture);
}
