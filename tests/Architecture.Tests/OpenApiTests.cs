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
        var ids = (await DocumentAsync(module))["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject()).Select(operation => (string?)operation.Value!["operationId"]).ToList();
        Assert.NotEmpty(ids);
        Assert.All(ids, id => Assert.StartsWith(module + ".", id, StringComparison.Ordinal));
        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task The_documents_are_listed()
    {
        var listed = JsonNode.Parse(await plane.Client.GetStringAsync("/openapi", TestContext.Current.CancellationToken))!["documents"]!.AsArray();
        Assert.Equal(Modules.Select(row => $"openapi/{row.Data}.json"), listed.Select(document => (string)document!["url"]!));
    }

    private async Task<JsonNode> DocumentAsync(string module) =>
        JsonNode.Parse(await plane.Client.GetStringAsync($"/openapi/{module}.json", TestContext.Current.CancellationToken))!;
}
