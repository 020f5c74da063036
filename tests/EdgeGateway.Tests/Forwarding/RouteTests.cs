using System.Net;
using System.Net.Http.Json;
using MlopsPlane.EdgeGateway.Tests.World;
using MlopsPlane.Testing;

namespace MlopsPlane.EdgeGateway.Tests.Forwarding;

public sealed class RouteTests(EdgeFixture fixture) : IClassFixture<EdgeFixture>
{
    private EdgeWorld World => fixture.World;

    [Theory]
    [InlineData("/api/2.0/mlflow/registered-models/search", "registry")]
    [InlineData("/ajax-api/2.0/mlflow/registered-models/search", "registry")]
    [InlineData("/api/2.0/mlflow/model-versions/get", "registry")]
    [InlineData("/model-versions/get-artifact", "registry")]
    [InlineData("/api/2.0/mlflow/webhooks", "registry")]
    [InlineData("/api/2.0/mlflow/webhooks/1/test", "registry")]
    [InlineData("/api/v1/registry/models/x/history", "registry")]
    [InlineData("/api/2.0/mlflow/runs/get", "tracker")]
    [InlineData("/ajax-api/2.0/mlflow/experiments/search", "tracker")]
    [InlineData("/api/3.0/mlflow/traces/search", "tracker")]
    [InlineData("/ajax-api/3.0/jobs", "tracker")]
    [InlineData("/api/2.0/mlflow-artifacts/artifacts/a/b", "tracker")]
    [InlineData("/get-artifact", "tracker")]
    [InlineData("/v1/traces", "tracker")]
    [InlineData("/graphql", "tracker")]
    [InlineData("/api/v1/tracking/runs/compare", "tracker")]
    [InlineData("/", "console")]
    [InlineData("/ui/page.css", "console")]
    public async Task Each_path_goes_to_its_owner_with_and_without_a_workspace(string path, string owner)
    {
        var plain = await EdgeWorld.SucceedAsync(await World.Admin.GetAsync(path));
        Assert.Equal((owner, "default"), (plain.GetProperty("service").GetString(), plain.GetProperty("workspace").GetString()));
        var scoped = await EdgeWorld.SucceedAsync(await World.Admin.GetAsync("/w/team-a" + path));
        Assert.Equal((owner, "team-a"), (scoped.GetProperty("service").GetString(), scoped.GetProperty("workspace").GetString()));
        Assert.Equal(path, scoped.GetProperty("target").GetString());
    }

    [Theory]
    [InlineData("/api/3.0/mlflow/workspaces")]
    [InlineData("/api/3.0/mlflow/server-info")]
    [InlineData("/api/v1/access/whoami")]
    public async Task Access_answers_what_is_its_own(string path) =>
        Assert.Equal(HttpStatusCode.OK, (await World.Admin.GetAsync(path)).StatusCode);

    [Theory]
    [InlineData("/api/2.0/mlflow/runs/get?run_id=a%2Fb&x=%25", "/api/2.0/mlflow/runs/get?run_id=a%2Fb&x=%25")]
    [InlineData("/api/2.0/mlflow-artifacts/artifacts/1/%C3%A4%20%25/b%2Fc", "/api/2.0/mlflow-artifacts/artifacts/1/%C3%A4%20%25/b%2Fc")]
    public async Task A_path_and_its_query_arrive_as_they_were_written(string sent, string arrived)
    {
        var echo = await EdgeWorld.SucceedAsync(await World.Admin.GetAsync(sent));
        Assert.Equal(arrived, echo.GetProperty("target").GetString());
    }

    [Theory]
    [InlineData("/api/2.0/mlflow-artifacts/artifacts/../../secret")]
    [InlineData("/api/2.0/mlflow-artifacts/artifacts/%2e%2e/secret")]
    [InlineData("/w/team-a/../team-b/api/2.0/mlflow/runs/get")]
    public async Task A_path_that_climbs_is_refused_before_it_is_routed(string target)
    {
        var status = await RawHttp.StatusAsync(World.Address, $"GET {target} HTTP/1.1\r\nHost: {World.Address.Authority}\r\nAuthorization: Bearer {World.AdminKey}\r\nConnection: close\r\n\r\n");
        Assert.Equal(400, status);
    }

    [Fact]
    public async Task A_service_without_an_address_is_told_in_the_shape_of_its_protocol()
    {
        using var response = await World.Admin.GetAsync("/v1/models");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("server_error", (await response.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>()).GetProperty("error").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Requests_are_spread_over_all_replicas()
    {
        await Until.TrueAsync(async () =>
        {
            var responses = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => World.Admin.GetAsync("/api/2.0/mlflow/runs/get")));
            return responses.Select(response => response.Headers.GetValues("X-Stub-Port").Single()).Distinct(StringComparer.Ordinal).Count() == 2;
        }, 30, "both replicas answered at the same time");
    }

    [Fact]
    public async Task A_trace_that_the_client_began_goes_on_behind_the_edge()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/2.0/mlflow/runs/get");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        var echo = await EdgeWorld.SucceedAsync(await World.Admin.SendAsync(request));
        Assert.StartsWith("00-0af7651916cd43dd8448eb211c80319c-", echo.GetProperty("headers").GetProperty("traceparent").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_browser_stays_with_the_replica_that_it_began_with()
    {
        using var first = await World.Admin.GetAsync("/");
        var port = first.Headers.GetValues("X-Stub-Port").Single();
        var cookie = first.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        for (var i = 0; i < 10; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/");
            request.Headers.Add("Cookie", cookie);
            using var next = await World.Admin.SendAsync(request);
            Assert.Equal(port, next.Headers.GetValues("X-Stub-Port").Single());
        }
    }
}
