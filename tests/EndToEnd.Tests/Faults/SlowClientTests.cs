using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.EndToEnd.Tests.Faults;

public sealed class SlowClientTests(AllInOneOnSqlite plane) : IClassFixture<AllInOneOnSqlite>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("POST", "/api/2.0/mlflow/runs/log-batch")]
    [InlineData("PUT", "/api/2.0/mlflow-artifacts/artifacts/slow.bin")]
    public async Task A_client_that_drips_its_body_is_cut_off_and_nothing_of_it_is_kept(string method, string path)
    {
        using var socket = await ConnectAsync($"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{{");
        var begin = Stopwatch.GetTimestamp();
        var answer = new byte[4096];
        var reading = socket.ReceiveAsync(answer, Ct).AsTask();
        while (!reading.IsCompleted && Stopwatch.GetElapsedTime(begin) < TimeSpan.FromSeconds(40))
        {
            await Task.WhenAny(reading, Task.Delay(1000, Ct));
            if (!reading.IsCompleted)
                await TrySendAsync(socket, " ");
        }

        var text = Encoding.ASCII.GetString(answer, 0, await reading);
        Assert.True(text.Length == 0 || text.StartsWith("HTTP/1.1 408", StringComparison.Ordinal), text);
        using var kept = await plane.Client.GetAsync("/api/2.0/mlflow-artifacts/artifacts/slow.bin", Ct);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, kept.StatusCode);
    }

    [Fact]
    public async Task A_client_that_never_ends_its_headers_is_cut_off_while_others_are_served()
    {
        using var socket = await ConnectAsync("GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n");
        var begin = Stopwatch.GetTimestamp();
        Assert.Equal("OK", await plane.Client.GetStringAsync("/health", Ct));
        var answer = new byte[4096];
        var text = Encoding.ASCII.GetString(answer, 0, await socket.ReceiveAsync(answer, Ct));
        Assert.True(text.Length == 0 || text.StartsWith("HTTP/1.1 408", StringComparison.Ordinal), text);
        Assert.InRange(Stopwatch.GetElapsedTime(begin), TimeSpan.Zero, TimeSpan.FromSeconds(45));
    }

    private static async Task TrySendAsync(Socket socket, string text)
    {
        try
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(text), Ct);
        }
        catch (SocketException)
        {
            // Cut off already; the pending read says how.
        }
    }

    private async Task<Socket> ConnectAsync(string head)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(plane.Address.Host, plane.Address.Port, Ct);
        await socket.SendAsync(Encoding.ASCII.GetBytes(head), Ct);
        return socket;
    }
}
