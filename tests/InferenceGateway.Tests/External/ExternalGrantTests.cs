using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MlopsPlane.InferenceGateway.Tests.Deployments;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.External;

/// <summary>What a process that asks for identity keeps from its callers.</summary>
public sealed class ExternalGrantTests(GuardedOnSqlite plane)
{
    [Theory]
    [InlineData("http://127.0.0.1:5000")]
    [InlineData("http://localhost:5000")]
    [InlineData("http://[::1]:5000")]
    public async Task The_machine_itself_is_no_external_server(string url)
    {
        using var writer = await WriterAsync();
        await writer.RefusedAsync(HttpMethod.Post, "", Spec("m", url), HttpStatusCode.BadRequest, "invalid_spec", "is not a public address, unless Serving:ExternalHosts allows it");
    }

    [Fact]
    public async Task A_deployment_is_called_only_with_a_grant_on_its_name()
    {
        using var writer = await WriterAsync();
        await writer.CreateAsync(Spec("mine", "http://models.example.com"));
        await writer.CreateAsync(Spec("other", "http://models.example.com"));
        using var caller = await plane.WithRulesAsync(writer.Workspace, new GuardedFixture.Rule(["infer"], "deployment", "mine"));
        await Until.TrueAsync(async () => (await writer.GetAsync("/mine")).GetProperty("waiting").ValueKind == JsonValueKind.String);
        foreach (var (name, status, code) in new[] { ("other", HttpStatusCode.Forbidden, "PERMISSION_DENIED"), ("mine", HttpStatusCode.ServiceUnavailable, "TEMPORARILY_UNAVAILABLE") })
        {
            // In a pool without replicas: whoever may ask learns that it is nowhere.
            using var answer = await caller.PostAsJsonAsync($"/deployments/{name}/invocations", new { inputs = new[] { 1 } });
            Assert.Equal((status, code), (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error_code").GetString()));
            using var ping = await caller.GetAsync($"/deployments/{name}/ping");
            Assert.Equal(status, ping.StatusCode);
        }
    }

    private static object Spec(string name, string url) => new { name, variants = new[] { new { name = "there", runtime = "external", protocol = "oip", url } } };

    private async Task<DeploymentClient> WriterAsync()
    {
        var workspace = PlaneFixture.FreshWorkspace();
        return new DeploymentClient(await plane.WithRoleAsync(workspace, "writer"), workspace);
    }
}
