using System.Net;
using System.Text.Json;
using MlopsPlane.EdgeGateway.Tests.World;

namespace MlopsPlane.EdgeGateway.Tests.Joined;

public sealed class OpenApiTests(EdgeFixture fixture) : IClassFixture<EdgeFixture>
{
    private EdgeWorld World => fixture.World;

    [Fact]
    public async Task The_document_holds_the_services_operations_and_the_edges_own_and_every_reference_leads_somewhere()
    {
        var document = await EdgeWorld.SucceedAsync(await World.Admin.GetAsync("/openapi"));
        var paths = document.GetProperty("paths");
        Assert.Equal("access.CreateGrant", paths.GetProperty("/api/v1/access/grants").GetProperty("post").GetProperty("operationId").GetString());
        Assert.Equal("plane.OutboxDepth", paths.GetProperty("/api/v1/events/outbox").GetProperty("get").GetProperty("operationId").GetString());
        var schemas = document.GetProperty("components").GetProperty("schemas");
        var references = References(document).ToList();
        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.True(schemas.TryGetProperty(reference["#/components/schemas/".Length..], out _), reference));
    }

    [Fact]
    public async Task A_browser_gets_a_page_of_it()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/w/team-a/openapi");
        request.Headers.TryAddWithoutValidation("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        using var response = await World.Admin.SendAsync(request);
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        var page = await response.Content.ReadAsStringAsync();
        Assert.Contains("<code>/api/v1/access/grants</code>", page, StringComparison.Ordinal);
        Assert.Contains("id=\"access.CreateGrant\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_document_of_one_service_is_the_services_and_an_unknown_one_is_named()
    {
        var one = await EdgeWorld.SucceedAsync(await World.Admin.GetAsync("/openapi/access.json"));
        Assert.True(one.GetProperty("paths").TryGetProperty("/api/v1/access/grants", out _));
        using var unknown = await World.Admin.GetAsync("/openapi/nothing.json");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Contains("'nothing' must be one of access,", await unknown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Services_that_do_not_answer_are_left_out_and_named()
    {
        await using var world = await EdgeWorld.StartAsync(replicas: 1);
        await world.StopReplicaAsync("registry", 0);
        var document = await EdgeWorld.SucceedAsync(await world.Admin.GetAsync("/openapi"));
        Assert.Equal("Not answering now, so left out: registry.", document.GetProperty("info").GetProperty("description").GetString());
        Assert.True(document.GetProperty("paths").TryGetProperty("/api/v1/access/grants", out _));
    }

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member =>
            member.NameEquals("$ref") && member.Value.ValueKind == JsonValueKind.String ? [member.Value.GetString()!] : References(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
