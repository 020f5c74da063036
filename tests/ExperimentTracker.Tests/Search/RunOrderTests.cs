using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ExperimentTracker.Tests.Search;

public sealed class RunOrderOnSqlite(AllInOneOnSqlite plane) : RunOrderTests(plane);

public sealed class RunOrderOnPostgres(AllInOneOnPostgres plane) : RunOrderTests(plane);

public abstract class RunOrderTests(PlaneFixture plane)
{
    [Fact]
    public async Task Without_an_order_the_newest_come_first_and_ids_break_ties()
    {
        using var world = await SearchWorld.CreateAsync(plane);
        await world.AddRunAsync("b", 5);
        await world.AddRunAsync("a", 5);
        await world.AddRunAsync("c", 9);
        Assert.Equal("c,a,b", await world.RunsAsync());
    }

    [Theory]
    [InlineData("metrics.x asc", "metrics.y asc", "ninf,n1000,z6,z7,p1000,inf,nan,none")]
    [InlineData("metrics.x asc", "tag.metric desc", "ninf,n1000,z7,z6,p1000,inf,nan,none")]
    [InlineData("metrics.x desc", "metrics.y asc", "inf,p1000,z6,z7,n1000,ninf,nan,none")]
    [InlineData("metrics.x desc", "param.metric desc", "inf,p1000,z7,z6,n1000,ninf,nan,none")]
    public async Task Missing_metrics_come_last_and_nan_just_before_them_in_both_directions(string first, string second, string expected)
    {
        using var world = await SearchWorld.CreateAsync(plane);
        (string Id, double? X)[] runs =
        [
            ("none", null), ("nan", double.NaN), ("inf", double.PositiveInfinity), ("ninf", double.NegativeInfinity), ("n1000", -1000), ("z6", 0), ("z7", 0), ("p1000", 1000),
        ];
        foreach (var ((id, x), i) in runs.Select((run, i) => (run, i + 1)))
        {
            await world.AddRunAsync(id, 123, metrics: x is null ? [] : [("x", x.Value), ("y", i)], tags: [("metric", $"{i}")], parameters: [("metric", $"{i}")]);
        }

        string[] order = [first, second];
        Assert.Equal(expected, await world.RunsAsync(orderBy: order));
        Assert.Equal(expected, string.Join(',', await PagedAsync(world, order, pageSize: 1)));
        Assert.Equal(expected, string.Join(',', await PagedAsync(world, order, pageSize: 3)));
    }

    [Theory]
    [InlineData("attribute.end_time asc", "m123,p123,p234,p456,p789,none")]
    [InlineData("attribute.end_time desc", "p789,p456,p234,p123,m123,none")]
    [InlineData("start_time", "p234,none,p456,m123,p789,p123")]
    [InlineData("run_name DESC", "p789,p456,p234,p123,none,m123")]
    [InlineData("tags.odd", "p456,p234,none,m123,p123,p789")]
    [InlineData("tags.odd DESC", "m123,none,p234,p456,p123,p789")]
    [InlineData("tags.noSuchTag", "p123,p789,m123,p456,none,p234")]
    public async Task Fields_and_tags_order_with_missing_ones_last(string orderBy, string expected)
    {
        using var world = await SearchWorld.CreateAsync(plane);
        (string Id, long? End, string? Odd)[] runs =
            [("p234", 234, "B"), ("none", null, "b"), ("p456", 456, "A"), ("m123", -123, "b "), ("p789", 789, null), ("p123", 123, null)];
        foreach (var ((id, end, odd), i) in runs.Select((run, i) => (run, i)))
            await world.AddRunAsync(id, 123 + i, end, tags: odd is null ? [] : [("odd", odd)]);

        Assert.Equal(expected, await world.RunsAsync(orderBy: [orderBy]));
        Assert.Equal(expected, string.Join(',', await PagedAsync(world, [orderBy], pageSize: 2)));
    }

    [Fact]
    public async Task The_last_page_has_no_token_even_when_it_is_full()
    {
        using var world = await SearchWorld.CreateAsync(plane);
        for (var i = 0; i < 4; i++)
            await world.AddRunAsync($"r{i}", 10);
        var first = await world.PostAsync("runs/search", new { experiment_ids = new[] { world.ExperimentId }, max_results = 2 });
        var token = first.GetProperty("next_page_token").GetString();
        var second = await world.PostAsync("runs/search", new { experiment_ids = new[] { world.ExperimentId }, max_results = 2, page_token = token });
        Assert.Equal(["r2", "r3"], SearchWorld.RunIds(second));
        Assert.False(second.TryGetProperty("next_page_token", out _));
    }

    [Fact]
    public async Task A_page_begins_where_the_last_one_ended_although_runs_came_meanwhile()
    {
        using var world = await SearchWorld.CreateAsync(plane);
        for (var i = 0; i < 4; i++)
            await world.AddRunAsync($"r{i}", i);
        var first = await world.PostAsync("runs/search", new { experiment_ids = new[] { world.ExperimentId }, max_results = 2 });
        await world.AddRunAsync("r9", 9);
        var token = first.GetProperty("next_page_token").GetString();
        var second = await world.PostAsync("runs/search", new { experiment_ids = new[] { world.ExperimentId }, max_results = 2, page_token = token });
        Assert.Equal(["r3", "r2"], SearchWorld.RunIds(first));
        Assert.Equal(["r1", "r0"], SearchWorld.RunIds(second));

        var message = await world.RefusedAsync("runs/search", new { experiment_ids = new[] { world.ExperimentId }, page_token = token, order_by = new[] { "metrics.m" } });
        Assert.Contains("Invalid page token", message);
    }

    [Fact]
    public async Task Pages_do_not_repeat_runs_whose_times_no_double_can_tell_apart()
    {
        using var world = await SearchWorld.CreateAsync(plane);
        for (var i = 0; i < 4; i++)
            await world.AddRunAsync($"r{i}", (1L << 53) + i);
        Assert.Equal(["r3", "r2", "r1", "r0"], await PagedAsync(world, ["start_time DESC"], pageSize: 1));
        Assert.Equal(["r0", "r1", "r2", "r3"], await PagedAsync(world, ["start_time"], pageSize: 1));
    }

    [Fact]
    public async Task A_token_that_counts_rows_is_honoured()
    {
        using var world = await SearchWorld.CreateAsync(plane);
        for (var i = 0; i < 3; i++)
            await world.AddRunAsync($"r{i}", 10);
        var answer = await world.PostAsync("runs/search", new { experiment_ids = new[] { world.ExperimentId }, page_token = "eyJvZmZzZXQiOiAyfQ==" });
        Assert.Equal(["r2"], SearchWorld.RunIds(answer));
    }

    private static async Task<List<string>> PagedAsync(SearchWorld world, string[] orderBy, int pageSize)
    {
        var found = new List<string>();
        string? token = null;
        do
        {
            var page = await world.PostAsync("runs/search", new { experiment_ids = new[] { world.ExperimentId }, order_by = orderBy, max_results = pageSize, page_token = token });
            found.AddRange(SearchWorld.RunIds(page));
            token = page.TryGetProperty("next_page_token", out var next) ? next.GetString() : null;
        }
        while (token is not null && found.Count < 100);
        return found;
    }
}
