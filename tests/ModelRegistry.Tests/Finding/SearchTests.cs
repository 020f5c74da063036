using System.Text;
using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ModelRegistry.Tests.Finding;

public sealed class SearchOnSqlite(AllInOneOnSqlite plane) : SearchTests(plane);

public sealed class SearchOnPostgres(AllInOneOnPostgres plane) : SearchTests(plane);

public abstract class SearchTests(PlaneFixture plane) : IDisposable
{
    private readonly RegistryClient registry = RegistryClient.In(plane);

    [Fact]
    public async Task Models_are_found_by_name_with_and_without_case()
    {
        string[] names = ["test_RM1", "test_RM2", "test_RM4", "test_RM4A", "test_RM4ab"];
        foreach (var name in names)
            await registry.CreateModelAsync(name);
        Assert.Equal(names, await ModelsAsync(""));
        Assert.Equal(["test_RM1"], await ModelsAsync("name='test_RM1'"));
        Assert.Equal(names[1..], await ModelsAsync("name != 'test_RM1'"));
        Assert.Equal(names, await ModelsAsync("name LIKE '_e%'"));
        Assert.Equal(["test_RM4A"], await ModelsAsync("name like 'test_RM4A%'"));
        Assert.Equal(["test_RM4A", "test_RM4ab"], await ModelsAsync("name iLike '%rm4a%'"));
        Assert.Empty(await ModelsAsync("name LIKE '%rm%'"));
        Assert.Empty(await ModelsAsync(@"name LIKE 'test\_RM1'"));
        Assert.Equal(["test_RM1", "test_RM2"], await ModelsAsync("name = 'test_RM2' OR name = 'test_RM1'"));
    }

    [Fact]
    public async Task Models_are_found_by_tags_and_a_model_without_the_tag_never_matches()
    {
        await registry.CreateModelAsync("m1", ("t1", "abc"), ("t2", "xyz"));
        await registry.CreateModelAsync("m2", ("t1", "abcd"), ("t2", "xyz123"), ("t3", "XYZ"));
        await registry.CreateModelAsync("m3");
        Assert.Equal(["m2"], await ModelsAsync("tags.t3 = 'XYZ'"));
        Assert.Equal(["m1", "m2"], await ModelsAsync("tag.t1 LIKE 'ab%' AND tag.t2 LIKE 'xy%'"));
        Assert.Equal(["m1", "m2"], await ModelsAsync("tag.t1 ILIKE 'aB%'"));
        Assert.Empty(await ModelsAsync("tag.T3 = 'XYZ'"));
        Assert.Equal(["m2"], await ModelsAsync("tag.t1 != 'abc'"));
        Assert.Equal(["m1"], await ModelsAsync("tag.t1 != 'abcd' and tag.t1 LIKE 'ab%'"));
    }

    [Fact]
    public async Task Prompts_are_found_only_by_who_asks_for_them()
    {
        await registry.CreateModelAsync("model", ("team", "a"));
        await registry.CreateVersionAsync("model");
        await registry.CreateModelAsync("prompt", ("mlflow.prompt.is_prompt", "true"), ("team", "a"));
        await registry.CreateVersionAsync("prompt", "prompt-template", "", ("mlflow.prompt.is_prompt", "true"));
        Assert.Equal(["model"], await ModelsAsync(""));
        Assert.Equal(["model"], await ModelsAsync("tags.team = 'a'"));
        Assert.Equal(["model"], await ModelsAsync("tag.`mlflow.prompt.is_prompt` != 'true'"));
        Assert.Equal(["model"], await ModelsAsync("tag.`mlflow.prompt.is_prompt` = 'false' AND name LIKE '%'"));
        Assert.Equal(["prompt"], await ModelsAsync("tags.`mlflow.prompt.is_prompt` = 'true'"));
        Assert.Equal(["prompt"], await ModelsAsync("tags.`mlflow.prompt.is_prompt` != 'false' AND tags.team = 'a'"));
        Assert.Equal(["model/1"], await VersionsAsync(""));
        Assert.Equal(["prompt/1"], await VersionsAsync("tags.`mlflow.prompt.is_prompt` = 'true'"));
    }

    [Fact]
    public async Task Models_are_ordered_by_name_or_time_and_ties_by_name()
    {
        foreach (var name in new[] { "b", "a", "C" })
            await registry.CreateModelAsync(name);
        Assert.Equal(["C", "a", "b"], await ModelsAsync(""));
        Assert.Equal(["b", "a", "C"], await ModelsAsync("", "name DESC"));
        Assert.Equal(["C", "a", "b"], await ModelsAsync("", "last_updated_timestamp DESC"));
        Assert.Equal(["b", "a", "C"], await ModelsAsync("", "timestamp"));
        await registry.PatchAsync("/registered-models/update", new { name = "b" });
        Assert.Equal(["a", "C", "b"], await ModelsAsync("", "timestamp asc", "name DESC"));
        await registry.InvalidAsync(HttpMethod.Get, "/registered-models/search?order_by=creation_timestamp", null, "Invalid order by key 'creation_timestamp' specified.");
        await registry.InvalidAsync(HttpMethod.Get, "/registered-models/search?order_by=name&order_by=name%20DESC", null, "`order_by` contains duplicate fields: ['name', 'name DESC']");
        await registry.InvalidAsync(HttpMethod.Get, "/registered-models/search?order_by=last_updated_timestamp%20DESC%20blah", null, "Invalid order_by clause 'last_updated_timestamp DESC blah'.");
    }

    [Theory]
    [InlineData("name")]
    [InlineData("last_updated_timestamp DESC")]
    public async Task Pages_hold_every_model_once_in_order(string order)
    {
        for (var i = 0; i < 23; i++)
            await registry.CreateModelAsync($"RM{i:000}");
        var whole = await ModelsAsync("", order);
        Assert.Equal(whole, await PagedAsync("/registered-models/search", "registered_models", order, 5, model => model.GetProperty("name").GetString()!));
        Assert.Equal(whole, await PagedAsync("/registered-models/search", "registered_models", order, 23, model => model.GetProperty("name").GetString()!));
        var offset = Convert.ToBase64String(Encoding.ASCII.GetBytes("{\"offset\": 20}"));
        var last = await registry.GetAsync($"/registered-models/search?order_by={Uri.EscapeDataString(order)}&page_token={offset}");
        Assert.Equal(whole[20..], last.GetProperty("registered_models").EnumerateArray().Select(model => model.GetProperty("name").GetString()!));
        await registry.InvalidAsync(HttpMethod.Get, "/registered-models/search?page_token=evilhax", null, "Invalid page token, could not base64-decode");
    }

    [Fact]
    public async Task A_found_model_shows_its_latest_versions_with_tags_and_its_aliases()
    {
        await registry.CreateModelAsync("m", ("k", "v"));
        await registry.CreateVersionAsync("m", tags: ("a", "1"));
        await registry.CreateVersionAsync("m", tags: ("b", "2"));
        await registry.StageAsync("m", 1, "Production");
        await registry.AliasAsync("m", "champion", 1);
        var found = (await registry.GetAsync("/registered-models/search")).GetProperty("registered_models")[0];
        Assert.Equal((await registry.ModelAsync("m")).GetRawText(), found.GetRawText());
    }

    [Fact]
    public async Task Versions_are_found_by_their_attributes_and_tags()
    {
        await registry.CreateModelAsync("m");
        var (run1, run2) = ("aa" + Guid.CreateVersion7().ToString("N")[2..], "bb" + Guid.CreateVersion7().ToString("N")[2..]);
        await registry.CreateVersionAsync("m", "s3://A/B", run1, ("t1", "abc"), ("t2", "xyz"));
        await registry.CreateVersionAsync("m", "s3://A/C", run2, ("t1", "abc"), ("t2", "x123"));
        await registry.CreateVersionAsync("m", "s3://A/D", run2);
        Assert.Equal(["m/3", "m/2", "m/1"], await VersionsAsync("name='m'"));
        Assert.Equal(["m/2"], await VersionsAsync("version_number=2"));
        Assert.Equal(["m/2", "m/1"], await VersionsAsync("version_number <= 2"));
        Assert.Empty(await VersionsAsync("version_number = 'nan'"));
        Assert.Equal(["m/3", "m/2", "m/1"], await VersionsAsync("version_number < 'inf'"));
        Assert.Equal(["m/3", "m/2"], await VersionsAsync($"run_id = '{run2}'"));
        Assert.Equal(["m/3", "m/2", "m/1"], await VersionsAsync($"run_id IN ('{run1}','{run2}')"));
        Assert.Equal(["m/3", "m/2"], await VersionsAsync($"run_id IN ('{run1.ToUpperInvariant()}', '{run2}')"));
        Assert.Equal(["m/1"], await VersionsAsync("source_path = 's3://A/B'"));
        Assert.Empty(await VersionsAsync("source_path = ''"));
        Assert.Equal(["m/1"], await VersionsAsync("name = 'm' and tag.t2 = 'xyz'"));
        Assert.Equal(["m/2", "m/1"], await VersionsAsync("tag.t2 != 'xy'"));
        Assert.Equal(["m/2"], await VersionsAsync("tag.t2 like 'x%' and tag.t2 != 'xyz'"));
        await registry.InvalidAsync(HttpMethod.Get, "/model-versions/search?filter=" + Uri.EscapeDataString("run_id IN ()"), null,
            "While parsing a list in the query, expected a non-empty list of string values, but got empty list");
        await registry.InvalidAsync(HttpMethod.Get, "/model-versions/search?max_results=0", null, "Invalid value for max_results. It must be a positive integer, but got 0");
        await registry.InvalidAsync(HttpMethod.Get, "/model-versions/search?max_results=200001", null, "Invalid value \"200001\" for parameter 'max_results' supplied:");
        await registry.InvalidAsync(HttpMethod.Get, "/registered-models/search?max_results=1001", null, "Invalid value \"1001\" for parameter 'max_results' supplied:");
    }

    [Fact]
    public async Task Versions_come_newest_first_however_close_they_were_made_and_pages_hold_each_once()
    {
        foreach (var name in new[] { "RM1", "RM2", "RM3" })
            await registry.CreateModelAsync(name);
        var made = new List<string>();
        for (var i = 0; i < 12; i++)
        {
            var name = $"RM{(i * 7 % 3) + 1}";
            made.Insert(0, $"{name}/{(await registry.CreateVersionAsync(name)).GetProperty("version")}");
        }

        Assert.Equal(made, await VersionsAsync(""));
        Assert.Equal(made, await VersionsAsync("", "creation_timestamp DESC"));
        Assert.Equal(["RM3/4", "RM3/3", "RM3/2", "RM3/1"], (await VersionsAsync("", "name DESC")).Take(4));
        Assert.Equal(["RM1/4", "RM2/4", "RM3/4"], (await VersionsAsync("", "version_number DESC")).Take(3));
        foreach (var order in new[] { "", "name", "version_number ASC", "creation_timestamp ASC" })
        {
            string[] clause = order.Length == 0 ? [] : [order];
            Assert.Equal(await VersionsAsync("", clause), await PagedAsync("/model-versions/search", "model_versions", order, 5, Shown));
        }
    }

    public void Dispose()
    {
        registry.Dispose();
        GC.SuppressFinalize(this);
    }

    private static string Shown(JsonElement version) => $"{version.GetProperty("name")}/{version.GetProperty("version")}";

    private static string Query(string filter, IEnumerable<string> orders) =>
        $"?filter={Uri.EscapeDataString(filter)}" + string.Concat(orders.Select(order => $"&order_by={Uri.EscapeDataString(order)}"));

    private async Task<string[]> ModelsAsync(string filter, params string[] orders) =>
        Items(await registry.GetAsync("/registered-models/search" + Query(filter, orders)), "registered_models", model => model.GetProperty("name").GetString()!);

    private async Task<string[]> VersionsAsync(string filter, params string[] orders) =>
        Items(await registry.GetAsync("/model-versions/search" + Query(filter, orders)), "model_versions", Shown);

    private static string[] Items(JsonElement answer, string property, Func<JsonElement, string> show) =>
        answer.TryGetProperty(property, out var items) ? [.. items.EnumerateArray().Select(show)] : [];

    private async Task<string[]> PagedAsync(string path, string property, string order, int size, Func<JsonElement, string> show)
    {
        var found = new List<string>();
        string? token = null;
        do
        {
            var page = await registry.GetAsync($"{path}{Query("", order.Length == 0 ? [] : [order])}&max_results={size}&page_token={Uri.EscapeDataString(token ?? "")}");
            var items = Items(page, property, show);
            Assert.InRange(items.Length, 1, size);
            found.AddRange(items);
            token = page.TryGetProperty("next_page_token", out var next) ? next.GetString() : null;
        }
        while (token is not null);
        return [.. found];
    }
}
