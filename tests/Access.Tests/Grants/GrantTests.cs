using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Access.Tests.Grants;

public sealed class GrantsOnSqlite(GuardedOnSqlite plane) : GrantTests(plane);

public sealed class GrantsOnPostgres(GuardedOnPostgres plane) : GrantTests(plane);

public abstract class GrantTests(GuardedFixture plane)
{
    private const string AnExperiment = "/api/2.0/mlflow/experiments/get?experiment_id=0";
    private const string NewExperiment = "/api/2.0/mlflow/experiments/create";
    private static readonly HttpMethod Get = HttpMethod.Get;
    private static readonly HttpMethod Post = HttpMethod.Post;
    private static readonly HttpMethod Delete = HttpMethod.Delete;

    [Fact]
    public async Task Nothing_is_allowed_before_the_grant_and_everything_of_it_within_two_seconds_after()
    {
        var workspace = PlaneFixture.FreshWorkspace();
        var account = await plane.AddAccountAsync();
        using var client = plane.WithKey(account.Key, workspace);
        await client.RefusedAsync(Get, AnExperiment, null, 403);
        var id = await plane.GrantAsync(new { subject = account.Subject, workspace, role = "reader" });
        await GuardedFixture.UntilAsync(async () => (int)(await client.CallAsync(Get, AnExperiment)).Status == 200);
        await client.RefusedAsync(Post, NewExperiment, new { name = "x" }, 403);
        await plane.Admin.DoneAsync(Delete, $"grants/{id}");
        await GuardedFixture.UntilAsync(async () => (int)(await client.CallAsync(Get, AnExperiment)).Status == 403);
        await plane.Admin.RefusedAsync(Delete, $"grants/{id}", null, 404, "grant_not_found");
    }

    [Fact]
    public async Task A_denial_wins_over_every_permission()
    {
        var workspace = PlaneFixture.FreshWorkspace();
        var account = await plane.AddAccountAsync();
        foreach (var role in (string[])["admin", "writer"])
            await plane.GrantAsync(new { subject = account.Subject, workspace = "*", role });
        await plane.GrantAsync(new { subject = account.Subject, workspace, effect = "deny", verbs = new[] { "write" }, kind = "experiment" });
        using var client = plane.WithKey(account.Key, workspace);
        await client.ReadAsync(AnExperiment);
        await client.RefusedAsync(Post, NewExperiment, new { name = "x" }, 403);
        using var elsewhere = plane.WithKey(account.Key, PlaneFixture.FreshWorkspace());
        await elsewhere.PostAsync(NewExperiment, new { name = "x" });
    }

    [Theory]
    [InlineData("g{0}-*", "g{0}-a", true)]
    [InlineData("g{0}-*", "g{0}", false)]
    [InlineData("g{0}-*", "xg{0}-a", false)]
    [InlineData("*{0}", "g{0}", true)]
    [InlineData("g{0}", "g{0}-a", false)]
    [InlineData("*", "g{0}", true)]
    public async Task A_grant_holds_in_the_workspaces_that_match_its_pattern(string pattern, string workspace, bool allowed)
    {
        var mark = Guid.CreateVersion7().ToString("N");
        var account = await plane.AddAccountAsync();
        await plane.GrantAsync(new { subject = account.Subject, workspace = pattern.Replace("{0}", mark), role = "reader" });
        using var client = plane.WithKey(account.Key, workspace.Replace("{0}", mark));
        Assert.Equal(allowed ? 200 : 403, (int)(await client.CallAsync(Get, AnExperiment)).Status);
    }

    [Fact]
    public async Task The_administrator_of_a_workspace_manages_its_grants_and_no_others()
    {
        var (own, other) = (PlaneFixture.FreshWorkspace(), PlaneFixture.FreshWorkspace());
        using var client = await plane.WithRoleAsync(own, "admin");
        var friend = await plane.AddAccountAsync();
        var made = await client.PostAsync("grants", new { subject = friend.Subject, workspace = own, role = "writer" });
        foreach (var workspace in (string[])[other, "*", own + "*", own[..^1] + "*", "**"])
            await client.RefusedAsync(Post, "grants", new { subject = friend.Subject, workspace, role = "reader" }, 403);
        var foreign = await plane.GrantAsync(new { subject = friend.Subject, workspace = other, role = "reader" });
        var everywhere = await plane.GrantAsync(new { subject = friend.Subject, workspace = "*", role = "caller" });
        await client.RefusedAsync(Delete, $"grants/{foreign}", null, 404, "grant_not_found");
        await client.RefusedAsync(Delete, $"grants/{everywhere}", null, 404, "grant_not_found");
        await client.RefusedAsync(Get, "grants", null, 403);
        await client.RefusedAsync(Get, $"grants?workspace={other}", null, 403);
        await client.RefusedAsync(Get, $"grants?subject={friend.Subject}", null, 403);
        Assert.Equal(2, (await client.ReadAsync($"grants?workspace={own}")).GetProperty("grants").GetArrayLength());
        await client.DoneAsync(Delete, $"grants/{made.Text("id")}");
    }

    [Fact]
    public async Task An_administrator_of_all_cannot_be_locked_out_by_that_of_a_workspace()
    {
        var workspace = PlaneFixture.FreshWorkspace();
        using var local = await plane.WithRoleAsync(workspace, "admin");
        var boss = await plane.AddAccountAsync();
        await plane.GrantAsync(new { subject = boss.Subject, workspace = "*", role = "admin" });
        using var client = plane.WithKey(boss.Key, workspace);
        await client.ReadAsync(AnExperiment);
        var denial = await local.PostAsync("grants", new { subject = boss.Subject, workspace, effect = "deny", verbs = new[] { "*" }, kind = "*" });
        await GuardedFixture.UntilAsync(async () => (int)(await client.CallAsync(Get, AnExperiment)).Status == 403);
        await client.DoneAsync(Delete, $"grants/{denial.Text("id")}");
        await GuardedFixture.UntilAsync(async () => (int)(await client.CallAsync(Get, AnExperiment)).Status == 200);
    }

    [Fact]
    public async Task Who_administers_names_only_or_other_kinds_gives_nothing()
    {
        var workspace = PlaneFixture.FreshWorkspace();
        var friend = await plane.AddAccountAsync();
        using var named = await plane.WithRoleAsync(workspace, "admin", "churn*");
        using var kind = await plane.WithRulesAsync(workspace, new GuardedFixture.Rule(["*"], "experiment"));
        using var writer = await plane.WithRoleAsync("*", "writer");
        foreach (var client in new[] { named, kind, writer })
            await client.RefusedAsync(Post, "grants", new { subject = friend.Subject, workspace, role = "reader" }, 403);
    }

    [Fact]
    public async Task Everybody_sees_their_own_grants()
    {
        var account = await plane.AddAccountAsync();
        await plane.GrantAsync(new { subject = account.Subject, workspace = "*", effect = "deny", verbs = new[] { "write", "read" }, kind = "cost", name = "a*" });
        using var client = plane.WithKey(account.Key);
        var own = Assert.Single((await client.ReadAsync($"grants?subject={account.Subject}")).GetProperty("grants").EnumerateArray());
        Assert.Equal("deny", own.Text("effect"));
        Assert.Equal(["read", "write"], own.GetProperty("verbs").EnumerateArray().Select(verb => verb.GetString()!));
        Assert.Equal(("cost", "a*"), (own.Text("kind"), own.Text("name")));
        await client.RefusedAsync(Get, "grants?subject=service:admin", null, 403);
        await client.RefusedAsync(Get, "grants", null, 403);
    }

    [Theory]
    [InlineData("""{"workspace":"*","role":"reader"}""", 400, "invalid_subject")]
    [InlineData("""{"subject":"bob","workspace":"*","role":"reader"}""", 400, "invalid_subject")]
    [InlineData("""{"subject":"peer:registry","workspace":"*","role":"reader"}""", 400, "invalid_subject")]
    [InlineData("""{"subject":"user:nobody-here","workspace":"*","role":"reader"}""", 404, "member_not_found")]
    [InlineData("""{"subject":"group:a*","workspace":"*","role":"reader"}""", 400, "invalid_name")]
    [InlineData("""{"subject":"group:","workspace":"*","role":"reader"}""", 400, "invalid_name")]
    [InlineData("""{"subject":"group:x","role":"reader"}""", 400, "invalid_workspace")]
    [InlineData("""{"subject":"group:x","workspace":"","role":"reader"}""", 400, "invalid_pattern")]
    [InlineData("""{"subject":"group:x","workspace":"Team A","role":"reader"}""", 400, "invalid_workspace")]
    [InlineData("""{"subject":"group:x","workspace":"*","role":"nonsense"}""", 404, "role_not_found")]
    [InlineData("""{"subject":"group:x","workspace":"*","role":"reader","kind":"model"}""", 400, "role_or_rule")]
    [InlineData("""{"subject":"group:x","workspace":"*","role":"reader","effect":"deny"}""", 400, "role_or_rule")]
    [InlineData("""{"subject":"group:x","workspace":"*"}""", 400, "invalid_verbs")]
    [InlineData("""{"subject":"group:x","workspace":"*","verbs":["read"]}""", 400, "invalid_kind")]
    [InlineData("""{"subject":"group:x","workspace":"*","verbs":["read"],"kind":"model","effect":"Deny"}""", 400, "invalid_effect")]
    [InlineData("""{"subject":"group:x","workspace":"*","role":"reader","name":"a\u0007"}""", 400, "invalid_pattern")]
    [InlineData("""{"subject":"group:a\u0000","workspace":"*","role":"reader"}""", 400, null)]
    [InlineData("\"x\"", 400, null)]
    public async Task A_grant_that_breaks_a_rule_is_not_made(string body, int status, string? code) =>
        await plane.Admin.RefusedAsync(Post, "grants", body, status, code);

    [Fact]
    public async Task The_same_grant_is_not_made_twice_and_a_subject_has_at_most_100()
    {
        var subject = $"group:/teams/{Guid.CreateVersion7():N} with spaces";
        for (var i = 0; i < 100; i++)
            await plane.GrantAsync(new { subject, workspace = $"team-{i}", role = "reader" });
        await plane.Admin.RefusedAsync(Post, "grants", new { subject, workspace = "team-100", role = "reader" }, 409, "too_many_grants");
        var query = $"grants?subject={Uri.EscapeDataString(subject)}";
        Assert.Equal(100, (await plane.Admin.AllAsync(query, "grants", 33)).Select(grant => grant.Text("id")).Distinct(StringComparer.Ordinal).Count());
        var one = $"group:{Guid.CreateVersion7():N}";
        await plane.GrantAsync(new { subject = one, workspace = "*", role = "reader" });
        await plane.Admin.RefusedAsync(Post, "grants", new { subject = one, workspace = "*", role = "reader", name = "*" }, 409, "grant_exists");
        await plane.GrantAsync(new { subject = one, workspace = "*", role = "reader", name = "a*" });
    }
}
