using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Access.Tests.Roles;

public sealed class RolesOnSqlite(GuardedOnSqlite plane) : RoleTests(plane);

public sealed class RolesOnPostgres(GuardedOnPostgres plane) : RoleTests(plane);

public abstract class RoleTests(GuardedFixture plane)
{
    private const string AnExperiment = "/api/2.0/mlflow/experiments/get?experiment_id=0";
    private const string Models = "/api/2.0/mlflow/registered-models/search";
    private static readonly HttpMethod Get = HttpMethod.Get;
    private static readonly HttpMethod Put = HttpMethod.Put;
    private static readonly HttpMethod Delete = HttpMethod.Delete;

    [Fact]
    public async Task The_built_in_roles_come_first_and_cannot_be_changed_or_deleted()
    {
        var roles = (await plane.Admin.ReadAsync("roles")).GetProperty("roles").EnumerateArray().ToList();
        Assert.Equal(["reader", "caller", "writer", "approver", "admin"], roles.Take(5).Select(role => role.Text("name")));
        Assert.All(roles.Take(5), role => Assert.True(role.GetProperty("builtIn").GetBoolean()));
        await plane.Admin.RefusedAsync(Put, "roles/reader", Body("allow", "*", "*", "*"), 409, "built_in_role");
        await plane.Admin.RefusedAsync(Delete, "roles/admin", null, 409, "built_in_role");
    }

    [Fact]
    public async Task A_role_of_ones_own_gives_what_its_rules_say_and_changes_for_all_who_have_it()
    {
        var (role, workspace) = (Fresh(), PlaneFixture.FreshWorkspace());
        var made = await plane.Admin.DoneAsync(Put, $"roles/{role}", Body("allow", "experiment", "*", "read"));
        Assert.False(made.GetProperty("builtIn").GetBoolean());
        using var client = await plane.WithRoleAsync(workspace, role);
        await client.ReadAsync(AnExperiment);
        await client.RefusedAsync(Get, Models, null, 403);
        await plane.Admin.DoneAsync(Put, $"roles/{role}", Body("allow", "model", "*", "read"));
        await GuardedFixture.UntilAsync(async () => (int)(await client.CallAsync(Get, AnExperiment)).Status == 403);
        await client.ReadAsync(Models);
    }

    [Fact]
    public async Task A_role_that_somebody_has_is_not_deleted()
    {
        var role = Fresh();
        await plane.Admin.DoneAsync(Put, $"roles/{role}", Body("allow", "model", "*", "read"));
        var account = await plane.AddAccountAsync();
        var grant = await plane.GrantAsync(new { subject = account.Subject, workspace = "*", role });
        await plane.Admin.RefusedAsync(Delete, $"roles/{role}", null, 409, "role_in_use");
        await plane.Admin.DoneAsync(Delete, $"grants/{grant}");
        await plane.Admin.DoneAsync(Delete, $"roles/{role}");
        await plane.Admin.RefusedAsync(Delete, $"roles/{role}", null, 404, "role_not_found");
        await plane.Admin.RefusedAsync(HttpMethod.Post, "grants", new { subject = account.Subject, workspace = "*", role }, 404, "role_not_found");
    }

    [Fact]
    public async Task What_a_role_denies_stays_denied_however_it_is_narrowed_and_whatever_else_allows_it()
    {
        var (role, workspace) = (Fresh(), PlaneFixture.FreshWorkspace());
        await plane.Admin.DoneAsync(Put, $"roles/{role}", Body("deny", "model", "*", "read"));
        var account = await plane.AddAccountAsync();
        await plane.GrantAsync(new { subject = account.Subject, workspace, role = "reader" });
        await plane.GrantAsync(new { subject = account.Subject, workspace, role, name = "narrow" });
        using var client = plane.WithKey(account.Key, workspace);
        await client.ReadAsync(AnExperiment);
        await client.RefusedAsync(Get, Models, null, 403);
    }

    /// <summary>A grant may only take from what the role allows.</summary>
    [Theory]
    [InlineData("*", "churn-1", "churn-1", true)]
    [InlineData("*", "churn-*", "churn-1", true)]
    [InlineData("*", "churn-*", "fraud", false)]
    [InlineData("churn-*", "churn-1", "churn-1", true)]
    [InlineData("churn-*", "churn-1", "churn-2", false)]
    [InlineData("churn-1", "churn-*", "churn-1", true)]
    [InlineData("churn-1", "churn-*", "churn-2", false)]
    [InlineData("churn-*", "fraud", "churn-1", false)]
    [InlineData("churn-*", "fraud", "fraud", false)]
    [InlineData("a*", "*b", "ab", false)]
    public async Task A_grant_narrows_a_role_to_the_names_of_both(string inRole, string inGrant, string model, bool allowed)
    {
        var (role, workspace) = (Fresh(), PlaneFixture.FreshWorkspace());
        await plane.Admin.DoneAsync(Put, $"roles/{role}", Body("allow", "model", inRole, "read", "write"));
        using var client = await plane.WithRoleAsync(workspace, role, inGrant);
        var (status, _) = await client.CallAsync(HttpMethod.Post, "/api/2.0/mlflow/registered-models/create", new { name = model });
        Assert.Equal(allowed ? 200 : 403, (int)status);
    }

    [Theory]
    [InlineData("""{"rules":[]}""", "invalid_rules")]
    [InlineData("""{}""", "invalid_rules")]
    [InlineData("""{"rules":[null]}""", "invalid_rules")]
    [InlineData("""{"rules":[{"kind":"model"}]}""", "invalid_verbs")]
    [InlineData("""{"rules":[{"kind":"model","verbs":[null]}]}""", "invalid_verbs")]
    [InlineData("""{"rules":[{"kind":"model","verbs":["Read"]}]}""", "invalid_verbs")]
    [InlineData("""{"rules":[{"kind":"model","verbs":["none"]}]}""", "invalid_verbs")]
    [InlineData("""{"rules":[{"verbs":["read"]}]}""", "invalid_kind")]
    [InlineData("""{"rules":[{"kind":"everything","verbs":["read"]}]}""", "invalid_kind")]
    [InlineData("""{"rules":[{"kind":"model","verbs":["read"],"effect":"maybe"}]}""", "invalid_effect")]
    [InlineData("""{"rules":[{"kind":"model","verbs":["read"],"name":""}]}""", "invalid_pattern")]
    [InlineData("""{"rules":[{"kind":"model","verbs":["read"],"name":"a?b"}]}""", "invalid_pattern")]
    [InlineData("""{"rules":[{"kind":"model","verbs":["read"],"name":"a\\b"}]}""", "invalid_pattern")]
    [InlineData("""{"rules":[{"kind":"model","verbs":["read"],"name":"a\u0000b"}]}""", null)]
    [InlineData("""{"rules":{}}""", null)]
    public async Task A_role_that_breaks_a_rule_is_not_stored(string body, string? code) =>
        await plane.Admin.RefusedAsync(Put, $"roles/{Fresh()}", body, 400, code);

    [Fact]
    public async Task A_role_has_1_to_50_rules_and_a_name()
    {
        var rule = new { kind = "model", verbs = new[] { "read" } };
        await plane.Admin.DoneAsync(Put, $"roles/{Fresh()}", new { rules = Enumerable.Repeat(rule, 50) });
        await plane.Admin.RefusedAsync(Put, $"roles/{Fresh()}", new { rules = Enumerable.Repeat(rule, 51) }, 400, "invalid_rules");
        await plane.Admin.RefusedAsync(Put, "roles/a%20b", new { rules = new[] { rule } }, 400, "invalid_name");
        await plane.Admin.RefusedAsync(Put, "roles/a%00b", new { rules = new[] { rule } }, 400);
    }

    [Fact]
    public async Task Lists_go_in_pages()
    {
        var mark = Fresh();
        foreach (var i in Enumerable.Range(0, 4))
            await plane.Admin.DoneAsync(Put, $"roles/{mark}-{i}", Body("allow", "model", "*", "read"));
        var (found, token) = (new List<string>(), "");
        do
        {
            var page = await plane.Admin.ReadAsync($"roles?limit=3&pageToken={token}");
            found.AddRange(page.GetProperty("roles").EnumerateArray().Select(role => role.Text("name")));
            token = page.GetProperty("nextPageToken").GetString() ?? "";
        }
        while (token.Length > 0);
        Assert.Equal(found.Count, found.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(4, found.Count(name => name.StartsWith(mark, StringComparison.Ordinal)));
        Assert.Contains("approver", found);
    }

    private static string Fresh() => $"r-{Guid.CreateVersion7():N}";

    private static object Body(string effect, string kind, string name, params string[] verbs) =>
        new { description = "test", rules = new[] { new { effect, verbs, kind, name } } };
}
