using System.Net;
using System.Net.Http.Json;
using MlopsPlane.EdgeGateway.Tests.World;
using MlopsPlane.Testing;

namespace MlopsPlane.EdgeGateway.Tests.Identity;

public sealed class ForwardedIdentityTests(EdgeFixture fixture) : IClassFixture<EdgeFixture>
{
    private EdgeWorld World => fixture.World;

    [Theory]
    [InlineData("/api/2.0/mlflow/runs/get", "UNAUTHENTICATED")]
    [InlineData("/v1/chat/completions", "authentication_error")]
    [InlineData("/v2/models/m/infer", "\"error\":\"A key")]
    [InlineData("/api/v1/costs/x", "unauthenticated")]
    [InlineData("/", "unauthenticated")]
    [InlineData("/nothing/here", "unauthenticated")]
    public async Task Without_a_key_every_path_answers_401_in_its_protocol_s_own_shape(string path, string mark)
    {
        using var nobody = World.NewClient(null);
        using var response = await nobody.GetAsync(path);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains(mark, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_service_learns_who_calls_and_never_sees_the_key()
    {
        var (writer, _) = await World.ServiceAccountAsync("ci", "writer");
        var echo = await EdgeWorld.SucceedAsync(await writer.GetAsync("/api/2.0/mlflow/runs/get"));
        Assert.Equal("service:ci", echo.GetProperty("caller").GetString());
        var key = writer.DefaultRequestHeaders.Authorization!.Parameter!;
        Assert.DoesNotContain(key, echo.ToString(), StringComparison.Ordinal);
        Assert.False(echo.GetProperty("headers").TryGetProperty("authorization", out _));
    }

    [Theory]
    [InlineData("X-Plane-Identity: forged.token")]
    [InlineData("x-plane-identity: forged.token\r\nX-PLANE-IDENTITY: another")]
    [InlineData("Connection: X-Plane-Identity\r\nX-Plane-Identity: forged.token")]
    [InlineData("X-Plane-Identity : forged.token")]
    [InlineData("X-Forwarded-For: 1.2.3.4\r\nX-Plane-Actor: user:boss")]
    public async Task Headers_with_which_a_client_claims_to_be_somebody_do_not_get_through(string headers)
    {
        var (reader, _) = await World.ServiceAccountAsync($"reader-{Guid.CreateVersion7():N}", "reader");
        var answer = await RawHttp.SendAsync(World.Address,
            $"GET /api/2.0/mlflow/runs/get HTTP/1.1\r\nHost: {World.Address.Authority}\r\nX-Api-Key: {reader.DefaultRequestHeaders.Authorization!.Parameter}\r\n{headers}\r\nConnection: close\r\n\r\n");
        Assert.DoesNotContain("forged", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("1.2.3.4", answer, StringComparison.Ordinal);
        Assert.True(answer.Contains("\"caller\":\"service:reader-", StringComparison.Ordinal) || answer.StartsWith("HTTP/1.1 400", StringComparison.Ordinal), answer);
    }

    [Fact]
    public async Task Who_reaches_a_service_without_the_edge_gets_401_whatever_they_show()
    {
        var direct = World.StubAddress("tracker");
        foreach (var header in (string[])["Authorization: Bearer " + World.AdminKey, "X-Api-Key: " + World.AdminKey, "X-Plane-Identity: eyJhdWQiOiJ0cmFja2VyIn0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"])
        {
            var status = await RawHttp.StatusAsync(direct, $"GET /api/2.0/mlflow/runs/get HTTP/1.1\r\nHost: {direct.Authority}\r\n{header}\r\nConnection: close\r\n\r\n");
            Assert.Equal(401, status);
        }
    }

    [Fact]
    public async Task A_token_for_one_service_is_worth_nothing_at_another()
    {
        var echo = await EdgeWorld.SucceedAsync(await World.Admin.GetAsync("/api/2.0/mlflow/runs/get"));
        var token = echo.GetProperty("headers").GetProperty("x-plane-identity").GetString();
        async Task<int> At(string service)
        {
            var direct = World.StubAddress(service);
            return await RawHttp.StatusAsync(direct, $"GET / HTTP/1.1\r\nHost: {direct.Authority}\r\nX-Plane-Identity: {token}\r\nConnection: close\r\n\r\n");
        }

        Assert.Equal(200, await At("tracker"));
        Assert.Equal(401, await At("registry"));
    }

    [Fact]
    public async Task A_revoked_key_is_refused_within_two_seconds()
    {
        var (client, keyId) = await World.ServiceAccountAsync("shortlived", "reader");
        await EdgeWorld.SucceedAsync(await client.GetAsync("/api/2.0/mlflow/runs/get"));
        await EdgeWorld.SucceedAsync(await World.Admin.DeleteAsync($"/api/v1/access/keys/{keyId}"));
        await Until.TrueAsync(async () => (await client.GetAsync("/api/2.0/mlflow/runs/get")).StatusCode == HttpStatusCode.Unauthorized, 2);
    }

    [Fact]
    public async Task A_reader_s_key_may_not_change_who_may_do_what()
    {
        var (reader, _) = await World.ServiceAccountAsync("curious", "reader");
        using var response = await reader.PostAsJsonAsync("/api/v1/access/grants", new { subject = "service:curious", workspace = "*", role = "admin" });
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }
}
