using MlopsPlane.Cli.Tests.World;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Cli.Tests.Access;

public sealed class KeyTests(GuardedOnSqlite server) : CliTest(server)
{
    [Fact]
    public async Task A_key_is_shown_alone_and_once_and_works_until_it_is_revoked()
    {
        var account = await server.AddAccountAsync();
        var made = await Plane.RunAsync("keys", "create", "--owner", account.Subject, "--description", "nightly", "--expires-in-days", "3");
        Assert.Equal(0, made.Status);
        var key = Assert.Single(made.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var theirs = NewPlane(key);
        Assert.Equal(account.Subject, (await theirs.JsonAsync("whoami")).GetProperty("subject").GetString());

        var listed = await Plane.RunAsync("keys", "list", "--owner", account.Subject);
        Assert.Contains("nightly", listed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(key, listed.Output, StringComparison.Ordinal);
        var shown = await Plane.JsonAsync("keys", "show", key[..14]);
        Assert.Equal("nightly", shown.GetProperty("description").GetString());

        var dry = await Plane.RunAsync("keys", "revoke", key[..14], "--dry-run");
        Assert.Contains($"would revoke key {shown.GetProperty("id").GetString()}", dry.Output, StringComparison.Ordinal);
        Refused(await Plane.RunAsync("keys", "revoke", key[..14]), 2, "usage");
        Assert.Equal(0, (await Plane.RunAsync("keys", "revoke", key[..14], "--yes")).Status);
        await GuardedFixture.UntilAsync(async () => (await theirs.RunAsync("whoami")).Status == 4);
        Assert.NotEqual(System.Text.Json.JsonValueKind.Null, (await Plane.JsonAsync("keys", "show", key[..14])).GetProperty("revokedAt").ValueKind);
    }

    [Fact]
    public async Task What_the_server_refuses_is_told_with_its_field_its_rule_and_its_code()
    {
        var run = await Plane.RunAsync("keys", "create", "--expires-in-days", "0");
        Refused(run, 1, "invalid_expiry");
        Assert.Contains("'expiresInDays' must be between 1 and 3650", run.Errors, StringComparison.Ordinal);
        Refused(await Plane.RunAsync("keys", "show", "nope"), 1, "key_not_found");
    }

    [Fact]
    public async Task Without_the_right_it_is_status_4_with_a_hint()
    {
        var account = await server.AddAccountAsync();
        var run = await NewPlane(account.Key).RunAsync("keys", "create");
        Assert.Equal(4, run.Status);
        Assert.Contains("plane permissions", run.Errors, StringComparison.Ordinal);
        Assert.Equal(4, (await NewPlane(null).RunAsync("keys", "list")).Status);
    }

    [Fact]
    public async Task A_list_says_when_there_is_more_and_all_pages_are_read_when_all_are_wanted()
    {
        var account = await server.AddAccountAsync();
        for (var i = 0; i < 3; i++)
            await server.AddKeyAsync(account.Subject);
        var some = await Plane.RunAsync("keys", "list", "--owner", account.Subject, "--limit", "2");
        Assert.Equal(3, some.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("first 2", some.Errors, StringComparison.Ordinal);
        var json = await Plane.JsonAsync("keys", "list", "--owner", account.Subject, "--limit", "2");
        Assert.Equal((2, true), (json.GetProperty("keys").GetArrayLength(), json.GetProperty("more").GetBoolean()));
        var all = await Plane.JsonAsync("keys", "list", "--owner", account.Subject, "--all");
        Assert.Equal((4, false), (all.GetProperty("keys").GetArrayLength(), all.GetProperty("more").GetBoolean()));
        Refused(await Plane.RunAsync("keys", "list", "--limit", "0"), 2, "usage");
    }
}
