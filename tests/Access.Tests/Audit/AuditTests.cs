using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Access.Tests.Audit;

public sealed class AuditOnSqlite(GuardedOnSqlite plane) : AuditTests(plane);

public sealed class AuditOnPostgres(GuardedOnPostgres plane) : AuditTests(plane);

public abstract class AuditTests(GuardedFixture plane)
{
    private const string Workspaces = "/api/3.0/mlflow/workspaces";
    private static readonly HttpMethod Get = HttpMethod.Get;

    [Fact]
    public async Task Every_change_leaves_a_line_with_who_what_and_from_where()
    {
        var (actor, name, workspace, role) = (await plane.AddAccountAsync(), $"a-{Guid.CreateVersion7():N}", PlaneFixture.FreshWorkspace(), $"r-{Guid.CreateVersion7():N}");
        await plane.GrantAsync(new { subject = actor.Subject, workspace = "*", role = "admin" });
        using var client = plane.WithKey(actor.Key);
        await client.PostAsync("members", new { name });
        await client.DoneAsync(HttpMethod.Patch, $"members/{name}", new { description = "changed" });
        var key = (await client.PostAsync("keys", new { owner = $"user:{name}" })).GetProperty("details").Text("id");
        await client.DoneAsync(HttpMethod.Delete, $"keys/{key}");
        await client.DoneAsync(HttpMethod.Put, $"roles/{role}", new { rules = new[] { new { verbs = new[] { "read" }, kind = "model" } } });
        var grant = (await client.PostAsync("grants", new { subject = $"user:{name}", workspace, role })).Text("id");
        await client.DoneAsync(HttpMethod.Delete, $"grants/{grant}");
        await client.DoneAsync(HttpMethod.Delete, $"roles/{role}");
        await client.DoneAsync(HttpMethod.Delete, $"members/{name}");
        await client.PostAsync(Workspaces, new { name = workspace, description = "a team" });
        await client.DoneAsync(HttpMethod.Patch, $"{Workspaces}/{workspace}", new { description = "b team" });
        await client.DoneAsync(HttpMethod.Delete, $"{Workspaces}/{workspace}?mode=CASCADE");

        var lines = (await plane.Admin.AllAsync($"audit?actor={actor.Subject}", "entries", 5)).AsEnumerable().Reverse().ToList();
        Assert.Equal(
            [
                ("members.add", $"user:{name}"), ("members.update", $"user:{name}"), ("keys.create", $"user:{name}"), ("keys.revoke", $"user:{name}"),
                ("roles.put", role), ("grants.create", $"user:{name}"), ("grants.delete", $"user:{name}"), ("roles.delete", role),
                ("members.remove", $"user:{name}"), ("workspaces.create", workspace), ("workspaces.update", workspace), ("workspaces.delete", workspace),
            ],
            lines.Select(line => (line.Text("action"), line.Text("target"))));
        Assert.All(lines, line => Assert.Equal((actor.Subject, actor.KeyId, "127.0.0.1"), (line.Text("actor"), line.Text("keyId"), line.Text("address"))));
        Assert.Equal("CASCADE", lines[^1].GetProperty("details").Text("mode"));
        Assert.Equal(role, lines[5].GetProperty("details").Text("role"));
        Assert.Equal(workspace, lines[5].Text("workspace"));
        Assert.Equal(key, lines[3].GetProperty("details").Text("id"));
    }

    [Fact]
    public async Task What_was_refused_leaves_no_line()
    {
        var name = $"a-{Guid.CreateVersion7():N}";
        await plane.Admin.PostAsync("members", new { name });
        await plane.Admin.RefusedAsync(HttpMethod.Post, "members", new { name }, 409);
        await plane.Admin.RefusedAsync(HttpMethod.Post, "keys", new { owner = $"service:{name}" }, 404);
        Assert.Single((await plane.Admin.ReadAsync($"audit?target=user:{name}")).GetProperty("entries").EnumerateArray());
        Assert.Empty((await plane.Admin.ReadAsync($"audit?target=service:{name}")).GetProperty("entries").EnumerateArray());
    }

    [Fact]
    public async Task A_workspace_that_is_made_at_its_first_use_leaves_a_line_of_the_product()
    {
        var workspace = PlaneFixture.FreshWorkspace();
        using var writer = await plane.WithRoleAsync(workspace, "writer");
        await writer.ReadAsync("/api/2.0/mlflow/experiments/get?experiment_id=0");
        var line = Assert.Single((await plane.Admin.ReadAsync($"audit?target={workspace}")).GetProperty("entries").EnumerateArray());
        Assert.Equal(("plane", "workspaces.create"), (line.Text("actor"), line.Text("action")));
    }

    [Fact]
    public async Task The_log_is_read_by_action_and_by_time_newest_first()
    {
        var name = $"a-{Guid.CreateVersion7():N}";
        await plane.Admin.PostAsync("members", new { name });
        await plane.Admin.DoneAsync(HttpMethod.Delete, $"members/{name}");
        var both = (await plane.Admin.ReadAsync($"audit?target=user:{name}")).GetProperty("entries").EnumerateArray().ToList();
        Assert.Equal(["members.remove", "members.add"], both.Select(line => line.Text("action")));
        Assert.Single((await plane.Admin.ReadAsync($"audit?target=user:{name}&action=members.add")).GetProperty("entries").EnumerateArray());
        var at = both[1].GetProperty("at").GetDateTimeOffset();
        Assert.Empty(await BetweenAsync(name, at.AddHours(-2), at.AddHours(-1)));
        Assert.Equal(2, (await BetweenAsync(name, at, at.AddHours(1))).Count);
        Assert.Empty(await BetweenAsync(name, at.AddHours(1), at.AddHours(2)));
    }

    [Theory]
    [InlineData("since=yesterday")]
    [InlineData("until=99999999999999999")]
    [InlineData("limit=0")]
    [InlineData("pageToken=bm8")]
    [InlineData("actor=%00")]
    public async Task A_question_that_is_none_is_refused(string query) => await plane.Admin.RefusedAsync(Get, $"audit?{query}", null, 400);

    private async Task<List<JsonElement>> BetweenAsync(string name, DateTimeOffset since, DateTimeOffset until) =>
        [.. (await plane.Admin.ReadAsync($"audit?target=user:{name}&since={Uri.EscapeDataString(since.ToString("O"))}&until={Uri.EscapeDataString(until.ToString("O"))}"))
            .GetProperty("entries").EnumerateArray()];
}
