using System.Net.WebSockets;
using System.Text;
using MlopsPlane.EdgeGateway.Tests.World;

namespace MlopsPlane.EdgeGateway.Tests.Forwarding;

public sealed class StreamTests(EdgeFixture fixture) : IClassFixture<EdgeFixture>
{
    private EdgeWorld World => fixture.World;

    [Fact]
    public async Task An_answer_is_passed_on_while_it_is_made()
    {
        using var response = await World.Admin.GetAsync("/api/2.0/mlflow/stream", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        // The second part waits for a gate that is opened only now, so the first was not held back for it.
        Assert.Equal("data: one", await reader.ReadLineAsync());
        foreach (var stub in World.Stubs("tracker"))
            stub.OpenGate();
        Assert.Equal("data: two", (await reader.ReadToEndAsync()).Trim());
    }

    [Fact]
    public async Task A_body_larger_than_the_default_limit_passes_where_files_are_taken_and_not_elsewhere()
    {
        const int Length = 60 * 1024 * 1024;
        var file = await EdgeWorld.SucceedAsync(await World.Admin.PutAsync("/api/2.0/mlflow-artifacts/artifacts/1/big.bin", new ByteArrayContent(new byte[Length])));
        Assert.Equal(Length, file.GetProperty("length").GetInt64());
        var status = await RawHttp.StatusAsync(World.Address,
            $"POST /api/2.0/mlflow/runs/log-batch HTTP/1.1\r\nHost: {World.Address.Authority}\r\nAuthorization: Bearer {World.AdminKey}\r\nContent-Length: {Length}\r\nConnection: close\r\n\r\n");
        Assert.Equal(413, status);
        Assert.DoesNotContain("POST /api/2.0/mlflow/runs/log-batch", World.Stubs("tracker").SelectMany(stub => stub.Received));
    }

    [Fact]
    public async Task A_WebSocket_passes_both_ways()
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {World.AdminKey}");
        await socket.ConnectAsync(new UriBuilder(World.Address) { Scheme = "ws", Path = "/_blazor/socket" }.Uri, CancellationToken.None);
        await socket.SendAsync(Encoding.UTF8.GetBytes("hello"), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        var buffer = new byte[64];
        var answer = await socket.ReceiveAsync(buffer, CancellationToken.None);
        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, answer.Count));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }
}
