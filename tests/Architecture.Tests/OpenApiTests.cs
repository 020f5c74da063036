using System.Text.Json;
using System.Text.Json.Nodes;
using MlopsPlane.AllInOne;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Architecture.Tests;

public sealed class OpenApiTests(AllInOneOnSqlite plane) : IClassFixture<AllInOneOnSqlite>
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static TheoryData<string> Modules => [.. Product.Modules.Where(module => module.HasApi).Select(module => module.Name), "plane"];

    [Theory]
    [MemberData(nameof(Modules))]
    public async Task The_description_of_an_api_is_the_stored_one(string module) =>
        GoldenFile.Matches($"tests/Architecture.Tests/OpenApi/{module}.json", (await DocumentAsync(module)).ToJsonString(Indented) + "\n");

    [Theory]
    [MemberData(nameof(Modules))]
    public async Task Every_operation_has_an_id_of_its_own(string module)
    {
        var ids = IdsOf(await DocumentAsync(module)).ToList();
        Assert.NotEmpty(ids);
        Assert.All(ids, id => Assert.StartsWith(module + ".", id, StringComparison.Ordinal));
        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task The_joined_document_holds_every_operation_of_every_module()
    {
        var joined = JsonNode.Parse(await plane.Client.GetStringAsync("/openapi", TestContext.Current.CancellationToken))!;
        var expected = new List<string>();
        foreach (var module in Modules)
            expected.AddRange(IdsOf(await DocumentAsync(module.Data)));
        Assert.Equal(expected.Order(StringComparer.Ordinal), IdsOf(joined).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_browser_gets_a_page_with_every_operation()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi") { Headers = { { "Accept", "text/html" } } };
        using var response = await plane.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var page = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        foreach (var module in Modules)
            Assert.All(IdsOf(await DocumentAsync(module.Data)), id => Assert.Contains($"id=\"{id}\"", page, StringComparison.Ordinal));
    }

    private static IEnumerable<string> IdsOf(JsonNode document) =>
        document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).Select(operation => (string)operation.Value!["operationId"]!);

    private async Task<JsonNode> DocumentAsync(string module) =>
        JsonNode.Parse(await plane.Client.GetStringAsync($"/openapi/{module}.json", TestContext.Current.CancellationToken))!;
}
