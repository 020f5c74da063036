using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Access.Tests.Members;

public sealed class MembersOnSqlite(GuardedOnSqlite plane) : MemberTests(plane);

public sealed class MembersOnPostgres(GuardedOnPostgres plane) : MemberTests(plane);

public abstract class MemberTests(GuardedFixture plane)
{
    private static readonly HttpMethod Get = HttpMethod.Get;
    private static readonly HttpMethod Post = HttpMethod.Post;
    private static readonly HttpMethod Patch = HttpMethod.Patch;
    private static readonly HttpMethod Delete = HttpMethod.Delete;

    public static TheoryData<string, string> Kinds => new() { { "members", "user:" }, { "service-accounts", "service:" } };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_member_is_added_read_changed_and_removed(string path, string prefix)
    {
        var name = Fresh();
        var added = await plane.Admin.PostAsync(path, new { name, description = "first" });
        Assert.Equal(prefix + name, added.Text("subject"));
        Assert.Equal("service:admin", added.Text("createdBy"));
        Assert.False(added.GetProperty("disabled").GetBoolean());
        await plane.Admin.RefusedAsync(Post, path, new { name }, 409, "member_exists");
        var changed = await plane.Admin.DoneAsync(Patch, $"{path}/{name}", new { disabled = true });
        Assert.Equal("first", changed.Text("description"));
        Assert.True((await plane.Admin.ReadAsync($"{path}/{name}")).GetProperty("disabled").GetBoolean());
        Assert.Equal("second", (await plane.Admin.DoneAsync(Patch, $"{path}/{name}", new { description = "second" })).Text("description"));
        await plane.Admin.RefusedAsync(Patch, $"{path}/{name}", new { }, 400, "nothing_to_change");
        await plane.Admin.DoneAsync(Delete, $"{path}/{name}");
        await plane.Admin.RefusedAsync(Get, $"{path}/{name}", null, 404, "member_not_found");
        await plane.Admin.RefusedAsync(Delete, $"{path}/{name}", null, 404, "member_not_found");
        await plane.Admin.RefusedAsync(Patch, $"{path}/{name}", new { disabled = false }, 404, "member_not_found");
    }

    [Fact]
    public async Task Somebody_who_is_shut_out_is_refused_within_two_seconds_and_let_in_again_with_the_same_key_and_grants()
    {
        var workspace = PlaneFixture.FreshWorkspace();
        var account = await plane.AddAccountAsync();
        await plane.GrantAsync(new { subject = account.Subject, workspace, role = "reader" });
        using var client = plane.WithKey(account.Key, workspace);
        const string path = "/api/2.0/mlflow/experiments/get?experiment_id=0";
        await client.ReadAsync(path);
        await plane.Admin.DoneAsync(Patch, $"service-accounts/{account.Name}", new { disabled = true });
        await GuardedFixture.UntilAsync(async () => (int)(await client.CallAsync(Get, path)).Status == 401);
        await plane.Admin.DoneAsync(Patch, $"service-accounts/{account.Name}", new { disabled = false });
        await GuardedFixture.UntilAsync(async () => (int)(await client.CallAsync(Get, path)).Status == 200);
    }

    [Fact]
    public async Task A_removed_member_takes_keys_and_grants_along_and_their_name_comes_back_with_nothing()
    {
        var account = await plane.AddAccountAsync();
        await plane.GrantAsync(new { subject = account.Subject, workspace = "*", role = "admin" });
        using var client = plane.WithKey(account.Key);
        await client.ReadAsync("members");
        await plane.Admin.DoneAsync(Delete, $"service-accounts/{account.Name}");
        await GuardedFixture.UntilAsync(async () => (int)(await client.CallAsync(Get, "whoami")).Status == 401);
        await plane.Admin.PostAsync("service-accounts", new { name = account.Name });
        Assert.Equal(401, (int)(await client.CallAsync(Get, "whoami")).Status);
        Assert.Empty((await plane.Admin.ReadAsync($"grants?subject={account.Subject}")).GetProperty("grants").EnumerateArray());
        var (key, _) = await plane.AddKeyAsync(account.Subject);
        using var heir = plane.WithKey(key);
        Assert.Empty((await heir.ReadAsync("whoami")).GetProperty("rules").EnumerateArray());
        await heir.RefusedAsync(Get, "members", null, 403);
    }

    [Theory]
    [InlineData("""{"name":""}""", "invalid_name")]
    [InlineData("""{}""", "invalid_name")]
    [InlineData("""{"name":"a b"}""", "invalid_name")]
    [InlineData("""{"name":"a/b"}""", "invalid_name")]
    [InlineData("""{"name":"a*"}""", "invalid_name")]
    [InlineData("""{"name":"é"}""", "invalid_name")]
    [InlineData("""{"name":"a\r\nb"}""", "invalid_name")]
    [InlineData("""{"name":"a\u0000"}""", null)]
    [InlineData("""{"name":7}""", null)]
    [InlineData("""{"name":"fine","description":"\u0000"}""", null)]
    public async Task A_name_that_breaks_the_rule_is_refused(string body, string? code)
    {
        await plane.Admin.RefusedAsync(Post, "members", body, 400, code);
        await plane.Admin.RefusedAsync(Post, "service-accounts", body, 400, code);
    }

    [Fact]
    public async Task A_name_has_at_most_256_characters_and_may_be_an_address_of_mail()
    {
        await plane.Admin.PostAsync("members", new { name = $"{Fresh()}@example.com" });
        await plane.Admin.PostAsync("members", new { name = Fresh().PadRight(256, 'x') });
        await plane.Admin.RefusedAsync(Post, "members", new { name = Fresh().PadRight(257, 'x') }, 400, "invalid_name");
    }

    [Fact]
    public async Task Two_that_add_the_same_member_at_once_get_one_member_and_one_refusal()
    {
        var name = Fresh();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => plane.Admin.CallAsync(Post, "members", new { name })));
        Assert.Equal([201, .. Enumerable.Repeat(409, 7)], answers.Select(answer => (int)answer.Status).Order());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Lists_go_by_name_in_pages_and_hold_one_kind_each(string path, string prefix)
    {
        var mark = Fresh();
        foreach (var i in Enumerable.Range(0, 5))
            await plane.Admin.PostAsync(path, new { name = $"{mark}-{i}" });
        foreach (var limit in (int[])[1, 2, 1000])
        {
            var all = (await plane.Admin.AllAsync(path, "members", limit)).Select(member => member.Text("subject")).ToList();
            Assert.All(all, subject => Assert.StartsWith(prefix, subject, StringComparison.Ordinal));
            Assert.Equal(all.Count, all.Distinct(StringComparer.Ordinal).Count());
            Assert.Equal(5, all.Count(subject => subject.StartsWith($"{prefix}{mark}-", StringComparison.Ordinal)));
            if (limit == 1000)
                continue;
            Assert.True(all.Count < 1000, "The test would take too long.");
        }
    }

    private static string Fresh() => $"m-{Guid.CreateVersion7():N}";
}
