using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ExperimentTracker.Tests.Search;

public sealed class ExperimentSearchOnSqlite(AllInOneOnSqlite plane) : ExperimentSearchTests(plane);

public sealed class ExperimentSearchOnPostgres(AllInOneOnPostgres plane) : ExperimentSearchTests(plane);

public abstract class ExperimentSearchTests(PlaneFixture plane)
{
    [Theory]
    [InlineData("name = 'a'", "a")]
    [InlineData("attribute.`name` != 'a'", "Abc,Default,ab,searched")]
    [InlineData("name LIKE 'a%'", "a,ab")]
    [InlineData("name ILIKE 'a%' AND name ILIKE '%B%'", "Abc,ab")]
    [InlineData("tag.key1 = 'value'", "a")]
    [InlineData("tag.\"k e y 1\" = 'value'", "Abc")]
    [InlineData("tag.key1 != 'VALUE'", "a,ab")]
    [InlineData("tag.key1 LIKE '%Lue'", "ab")]
    [InlineData("tags.key1 IS NULL", "Abc,Default,searched")]
    [InlineData("tags.key1 IS NOT NULL AND tags.key2 IS NULL", "ab")]
    [InlineData("tag.KEY1 = 'value'", "")]
    [InlineData("creation_time >= 1 AND last_update_time > 1", "Abc,Default,a,ab,searched")]
    [InlineData("creation_time = 1", "")]
    [InlineData("name = 'a' OR (tag.key1 IN ('vaLue'))", "a,ab")]
    public async Task Experiments_are_found_by_name_times_and_tags(string filter, string expected)
    {
        using var world = await WorldAsync();
        var found = await world.PostAsync("experiments/search", new { filter, max_results = 1000, order_by = new[] { "name" } });
        Assert.Equal(expected, string.Join(',', SearchWorld.Names(found)));
    }

    [Fact]
    public async Task What_was_created_since_the_first_request_of_a_workspace_is_no_default_experiment()
    {
        using var client = new TrackerClient(plane);
        // The first request may wait long for its turn on a busy server.
        var began = TimeProvider.System.GetUtcNow().AddMinutes(-2).ToUnixTimeMilliseconds();
        await client.NewExperimentAsync("first");
        var found = await client.PostAsync("experiments/search", new { max_results = 10, filter = $"creation_time >= {began}" });
        Assert.Equal("first", Assert.Single(SearchWorld.Names(found)));
    }

    [Theory]
    [InlineData("name DESC", "searched,ab,a,Default,Abc")]
    [InlineData("experiment_id", "Default,searched,a,ab,Abc")]
    [InlineData("experiment_id DESC", "Abc,ab,a,searched,Default")]
    public async Task Experiments_come_in_the_order_asked_for(string orderBy, string expected)
    {
        using var world = await WorldAsync();
        var found = new List<string>();
        string? token = null;
        do
        {
            var page = await world.PostAsync("experiments/search", new { max_results = 2, order_by = new[] { orderBy }, page_token = token });
            found.AddRange(SearchWorld.Names(page));
            token = page.TryGetProperty("next_page_token", out var next) ? next.GetString() : null;
        }
        while (token is not null);
        Assert.Equal(expected, string.Join(',', found));
    }

    [Fact]
    public async Task Without_an_order_the_newest_come_first_also_by_get()
    {
        using var world = await SearchWorld.CreateAsync(plane);
        await Task.Delay(2);
        var deleted = await world.AddExperimentAsync("x");
        await Task.Delay(2);
        await world.AddExperimentAsync("y");
        await world.PostAsync("experiments/delete", new { experiment_id = deleted });

        Assert.Equal("y,searched,Default", await GetAsync(world, "max_results=10"));
        Assert.Equal("x", await GetAsync(world, "max_results=10&view_type=DELETED_ONLY"));
        Assert.Equal("y,x", await GetAsync(world, "max_results=2&view_type=ALL"));
    }

    [Fact]
    public async Task Bad_searches_are_refused_with_mlflows_messages()
    {
        using var world = await SearchWorld.CreateAsync(plane);
        Assert.Equal("Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer", await world.RefusedAsync("experiments/search", new { }));
        Assert.Equal("Invalid value 1000000 for parameter 'max_results' supplied. It must be at most 50000", await world.RefusedAsync("experiments/search", new { max_results = 1_000_000 }));
        Assert.Contains("IS NULL / IS NOT NULL is only supported for tags", await world.RefusedAsync("experiments/search", new { max_results = 1, filter = "name IS NULL" }));
        Assert.Contains("Invalid order_by entity: tag", await world.RefusedAsync("experiments/search", new { max_results = 1, order_by = new[] { "tag.x" } }));
        Assert.Contains("Invalid page token", await world.RefusedAsync("experiments/search", new { max_results = 1, page_token = "e30=" }));
    }

    private static async Task<string> GetAsync(SearchWorld world, string query) =>
        string.Join(',', SearchWorld.Names(JsonElement.Parse(await world.Client.GetStringAsync($"/api/2.0/mlflow/experiments/search?{query}"))));

    private async Task<SearchWorld> WorldAsync()
    {
        var world = await SearchWorld.CreateAsync(plane);
        await world.AddExperimentAsync("a", ("key1", "value"), ("key2", "value"));
        await world.AddExperimentAsync("ab", ("key1", "vaLue"));
        await world.AddExperimentAsync("Abc", ("k e y 1", "value"));
        return world;
    }
}
