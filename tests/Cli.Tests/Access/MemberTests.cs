using MlopsPlane.Cli.Tests.World;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Cli.Tests.Access;

public sealed class MemberTests(GuardedOnSqlite server) : CliTest(server)
{
    [Theory]
    [InlineData("members", "user")]
    [InlineData("service-accounts", "service")]
    public async Task Members_and_service_accounts_come_are_shut_out_let_in_and_go(string command, string kind)
    {
        var name = Fresh("m");
        Assert.Equal($"{kind}:{name}", (await Plane.JsonAsync(command, "add", name, "--description", "one")).GetProperty("subject").GetString());
        Refused(await Plane.RunAsync(command, "add", name), 1, "member_exists");
        Assert.True((await Plane.JsonAsync(command, "update", $"{kind}:{name}", "--disable")).GetProperty("disabled").GetBoolean());
        Assert.False((await Plane.JsonAsync(command, "update", name, "--enable")).GetProperty("disabled").GetBoolean());
        Assert.Equal("one", (await Plane.JsonAsync(command, "show", name)).GetProperty("description").GetString());
        var all = await Plane.JsonAsync(command, "list", "--all");
        Assert.Contains(all.GetProperty("members").EnumerateArray(), member => member.GetProperty("name").GetString() == name);
        Assert.True((await Plane.JsonAsync(command, "remove", name, "--dry-run")).GetProperty("dryRun").GetBoolean());
        Assert.Equal(0, (await Plane.RunAsync(command, "remove", name, "--yes")).Status);
        Refused(await Plane.RunAsync(command, "show", name), 1, "member_not_found");
        Refused(await Plane.RunAsync(command, "update", name), 2, "usage");
    }

    [Fact]
    public async Task A_role_of_ones_own_is_granted_answered_for_and_taken_back()
    {
        var account = await server.AddAccountAsync();
        var role = Fresh("r");
        Assert.Equal(0, (await Plane.RunAsync("roles", "set", role, "--rule", "read,write:model:churn-*", "--rule", "deny:admin:access")).Status);
        var shown = await Plane.RunAsync("roles", "show", role);
        Assert.Contains("read,write:model:churn-*; deny:admin:access", shown.Output, StringComparison.Ordinal);
        Assert.Contains("admin", (await Plane.RunAsync("roles", "list")).Output, StringComparison.Ordinal);

        var grant = await Plane.JsonAsync("grants", "add", account.Subject, "--role", role, "--in", Workspace);
        Refused(await Plane.RunAsync("roles", "delete", role, "--yes"), 1, "role_in_use");
        var listed = await Plane.RunAsync("grants", "list", "--subject", account.Subject);
        Assert.Contains($"role {role}", listed.Output, StringComparison.Ordinal);
        Assert.Contains(account.Subject, (await Plane.RunAsync("who-may", "write", "model", "--in", Workspace, "--name", "churn-1")).Output, StringComparison.Ordinal);
        Assert.DoesNotContain(account.Subject, (await Plane.RunAsync("who-may", "write", "model", "--in", Workspace, "--name", "other")).Output, StringComparison.Ordinal);
        Assert.Contains($"{account.Subject} as {role}", (await Plane.RunAsync("permissions", "--key", account.KeyId)).Output, StringComparison.Ordinal);
        await GuardedFixture.UntilAsync(async () => (await NewPlane(account.Key).RunAsync("permissions")).Output.Contains("churn-*", StringComparison.Ordinal));

        Assert.Equal(0, (await Plane.RunAsync("grants", "remove", grant.GetProperty("id").GetString()!, "--yes")).Status);
        Assert.Equal(0, (await Plane.RunAsync("roles", "delete", role, "--yes")).Status);
        Refused(await Plane.RunAsync("roles", "show", role), 1, "role_not_found");
    }

    [Fact]
    public async Task A_grant_can_be_a_rule_and_is_refused_when_it_is_half_a_rule_or_both()
    {
        var account = await server.AddAccountAsync();
        var grant = await Plane.JsonAsync("grants", "add", account.Subject, "--rule", "deny:write:experiment:a:b", "--in", "*");
        Assert.Equal(("deny", "a:b"), (grant.GetProperty("effect").GetString(), grant.GetProperty("name").GetString()));
        Refused(await Plane.RunAsync("grants", "add", account.Subject, "--rule", "write", "--in", "*"), 2, "usage");
        Refused(await Plane.RunAsync("grants", "add", account.Subject, "--rule", "fly:model", "--in", "*"), 1, "invalid_verbs");
        Refused(await Plane.RunAsync("grants", "add", account.Subject, "--rule", "read:*", "--role", "reader", "--in", "*"), 2, "usage");
        Refused(await Plane.RunAsync("grants", "add", account.Subject, "--role", "reader"), 2, "usage");
        Refused(await Plane.RunAsync("who-may", "read", "nothing"), 1, "invalid_kind");
    }
}
