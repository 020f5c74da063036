using System.Net.WebSockets;
using MlopsPlane.EdgeGateway.Tests.World;
using MlopsPlane.Testing;

namespace MlopsPlane.EdgeGateway.Tests.Identity;

public sealed class OpenStreamTests(EdgeFixture fixture) : IClassFixture<EdgeFixture>
{
    private static readonly TimeSpan Effective = TimeSpan.FromSeconds(10);

    private EdgeWorld World => fixture.World;

    [Fact]
    public async Task Events_end_for_a_revoked_key_and_for_one_whose_rules_changed_and_go_on_for_others()
    {
        var (revoked, changed, other) = (Name(), Name(), Name());
        var (revokedClient, revokedKey) = await World.ServiceAccountAsync(revoked, "reader");
        var (changedClient, _) = await World.ServiceAccountAsync(changed, "reader");
        var (otherClient, _) = await World.ServiceAccountAsync(other, "reader");
        await using var revokedEvents = await OpenAsync(revokedClient);
        await using var changedEvents = await OpenAsync(changedClient);
        await using var otherEvents = await OpenAsync(otherClient);
        await EdgeWorld.SucceedAsync(await World.Admin.DeleteAsync($"/api/v1/access/keys/{revokedKey}"));
        await EndAsync(revokedEvents);
        await Until.TrueAsync(() => Ended(revoked));
        await World.GrantAsync(changed, "writer");
        await EndAsync(changedEvents);
        Assert.False(Ended(other));
        await EdgeWorld.SucceedAsync(await World.Admin.GetAsync("/api/2.0/mlflow/runs/get"));
    }

    [Fact]
    public async Task A_WebSocket_ends_for_a_revoked_key()
    {
        var (client, key) = await World.ServiceAccountAsync(Name(), "reader");
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", client.DefaultRequestHeaders.Authorization!.ToString());
        await socket.ConnectAsync(new UriBuilder(World.Address) { Scheme = "ws", Path = "/_blazor/socket" }.Uri, CancellationToken.None);
        await EdgeWorld.SucceedAsync(await World.Admin.DeleteAsync($"/api/v1/access/keys/{key}"));
        await Assert.ThrowsAnyAsync<WebSocketException>(() => socket.ReceiveAsync(new byte[8], CancellationToken.None).WaitAsync(Effective));
    }

    private static string Name() => $"s-{Guid.CreateVersion7():N}";

    private static async Task<Stream> OpenAsync(HttpClient client)
    {
        var stream = await client.GetStreamAsync("/api/2.0/mlflow/endless");
        Assert.NotEqual(0, await stream.ReadAtLeastAsync(new byte[11], 11));
        return stream;
    }

    private static async Task EndAsync(Stream events) =>
        await Assert.ThrowsAnyAsync<IOException>(() => events.ReadAsync(new byte[8]).AsTask().WaitAsync(Effective));

    private bool Ended(string account) => World.Stubs("tracker").Any(stub => stub.Received.Contains($"end of service:{account}"));
}
