using System.Text;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Access.Tests.Keys;

public sealed class KeysOnSqlite(GuardedOnSqlite plane) : KeyTests(plane);

public sealed class KeysOnPostgres(GuardedOnPostgres plane) : KeyTests(plane);

public abstract class KeyTests(GuardedFixture plane)
{
    private static readonly HttpMethod Get = HttpMethod.Get;
    private static readonly HttpMethod Post = HttpMethod.Post;
    private static readonly HttpMethod Delete = HttpMethod.Delete;

    [Fact]
    public async Task A_key_is_shown_once_and_nothing_of_its_secret_part_afterwards()
    {
        var account = await plane.AddAccountAsync();
        var made = await plane.Admin.PostAsync("keys", new { owner = account.Subject, description = "ci", expiresInDays = 30 });
        var (key, details) = (made.Text("key"), made.GetProperty("details"));
        Assert.StartsWith("plane_", key, StringComparison.Ordinal);
        Assert.Equal(key[..14], details.Text("prefix"));
        Assert.Equal("ci", details.Text("description"));
        Assert.Equal(30, (details.GetProperty("expiresAt").GetDateTimeOffset() - details.GetProperty("createdAt").GetDateTimeOffset()).TotalDays, 3);
        var listed = (await plane.Admin.ReadAsync($"keys?owner={account.Subject}")).GetRawText();
        Assert.Contains(details.Text("id"), listed, StringComparison.Ordinal);
        Assert.DoesNotContain(key[15..], listed, StringComparison.Ordinal);
        Assert.DoesNotContain(key[15..], (await plane.Admin.ReadAsync($"audit?target={account.Subject}")).GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_taken_as_bearer_token_as_password_whatever_the_user_is_called_and_in_its_own_header()
    {
        var account = await plane.AddAccountAsync();
        (string, string)[] forms =
        [
            ("Authorization", $"Bearer {account.Key}"), ("Authorization", $"bearer   {account.Key}"),
            ("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"anyone:{account.Key}"))),
            ("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($":{account.Key}"))), ("X-Api-Key", account.Key),
        ];
        foreach (var (header, value) in forms)
        {
            using var client = plane.NewClient();
            Assert.True(client.DefaultRequestHeaders.TryAddWithoutValidation(header, value));
            Assert.Equal(account.Subject, (await client.ReadAsync("whoami")).Text("subject"));
        }
    }

    [Fact]
    public async Task A_revoked_key_is_refused_within_two_seconds_and_its_line_stays()
    {
        var account = await plane.AddAccountAsync();
        using var client = plane.WithKey(account.Key);
        var id = (await client.ReadAsync("whoami")).Text("keyId");
        Assert.Equal(account.KeyId, id);
        Assert.True((await plane.Admin.DoneAsync(Delete, $"keys/{id}")).TryGetProperty("revokedAt", out var first));
        await GuardedFixture.UntilAsync(async () => (int)(await client.CallAsync(Get, "whoami")).Status == 401);
        Assert.Empty((await plane.Admin.ReadAsync($"keys?owner={account.Subject}")).GetProperty("keys").EnumerateArray());
        var gone = Assert.Single((await plane.Admin.ReadAsync($"keys?owner={account.Subject}&revoked=true")).GetProperty("keys").EnumerateArray());
        Assert.Equal(id, gone.Text("id"));
        // Once more changes nothing.
        Assert.Equal(first.GetDateTimeOffset(), (await plane.Admin.DoneAsync(Delete, $"keys/{id}")).GetProperty("revokedAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task An_unknown_key_a_changed_key_and_a_key_with_more_behind_it_are_all_refused_alike()
    {
        var account = await plane.AddAccountAsync();
        static char OtherThan(char one) => one == 'A' ? 'B' : 'A';
        var refusals = new List<string>();
        foreach (var key in (string[])[account.Key[..^1] + OtherThan(account.Key[^1]), account.Key[..^2] + OtherThan(account.Key[^2]) + account.Key[^1], "plane_aaaaaaaa_" + new string('x', 43), account.Key + "x"])
        {
            using var client = plane.WithKey(key);
            var (status, body) = await client.CallAsync(Get, "whoami");
            Assert.True((int)status == 401, key);
            refusals.Add(body.Text("detail"));
        }

        Assert.Single(refusals.Distinct());
    }

    [Fact]
    public async Task Somebody_manages_their_own_keys_only_and_a_key_makes_no_keys()
    {
        var (mine, theirs) = (await plane.AddAccountAsync(), await plane.AddAccountAsync());
        using var client = plane.WithKey(mine.Key);
        var own = Assert.Single((await client.ReadAsync("keys")).GetProperty("keys").EnumerateArray());
        Assert.Equal(mine.KeyId, own.Text("id"));
        await client.RefusedAsync(Get, $"keys?owner={theirs.Subject}", null, 403);
        await client.RefusedAsync(Post, "keys", new { }, 403);
        await client.RefusedAsync(Post, "keys", new { owner = mine.Subject }, 403);
        await client.RefusedAsync(Post, "keys", new { owner = theirs.Subject }, 403);
        await client.RefusedAsync(Post, "keys", new { owner = "service:admin" }, 403);
        // Whether somebody else's key exists is not told.
        await client.RefusedAsync(Delete, $"keys/{theirs.KeyId}", null, 404, "key_not_found");
        await client.RefusedAsync(Delete, "keys/00000000000000000000000000000000", null, 404, "key_not_found");
        var (spare, id) = await plane.AddKeyAsync(mine.Subject);
        await client.DoneAsync(Delete, $"keys/{id}");
        using var revoked = plane.WithKey(spare);
        await GuardedFixture.UntilAsync(async () => (int)(await revoked.CallAsync(Get, "whoami")).Status == 401);
    }

    [Fact]
    public async Task The_administrator_of_a_workspace_and_a_writer_of_all_make_no_keys()
    {
        foreach (var (workspace, role) in new[] { (PlaneFixture.FreshWorkspace(), "admin"), ("*", "writer") })
        {
            using var client = await plane.WithRoleAsync(workspace, role);
            await client.RefusedAsync(Post, "keys", new { owner = "service:admin" }, 403);
            await client.RefusedAsync(Post, "members", new { name = "friend" }, 403);
            await client.RefusedAsync(HttpMethod.Put, "roles/mine", new { rules = new[] { new { verbs = new[] { "*" }, kind = "*" } } }, 403);
            await client.RefusedAsync(Get, "audit", null, 403);
            await client.RefusedAsync(Get, "who-may?verb=read&kind=model", null, 403);
        }
    }

    [Theory]
    [InlineData("""{"owner":"alice"}""", 400, "invalid_subject")]
    [InlineData("""{"owner":"group:ml"}""", 400, "invalid_subject")]
    [InlineData("""{"owner":"service:"}""", 400, "invalid_name")]
    [InlineData("""{"owner":"service:a b"}""", 400, "invalid_name")]
    [InlineData("""{"owner":"service:nobody-here"}""", 404, "member_not_found")]
    [InlineData("""{"owner":"service:admin","expiresInDays":0}""", 400, "invalid_expiry")]
    [InlineData("""{"owner":"service:admin","expiresInDays":3651}""", 400, "invalid_expiry")]
    [InlineData("""{"owner":"service:admin","expiresInDays":"x"}""", 400, null)]
    [InlineData("""{"owner":"service:admin","description":"a\u0000b"}""", 400, null)]
    [InlineData("""{"owner":"service:admin","description":"\ud800"}""", 400, null)]
    [InlineData("""[]""", 400, null)]
    [InlineData("""{""", 400, null)]
    [InlineData("null", 400, null)]
    public async Task A_key_that_breaks_a_rule_is_not_made(string body, int status, string? code) =>
        await plane.Admin.RefusedAsync(Post, "keys", body, status, code);

    [Fact]
    public async Task A_description_has_at_most_1000_characters()
    {
        var account = await plane.AddAccountAsync();
        await plane.Admin.PostAsync("keys", new { owner = account.Subject, description = new string('d', 1000) });
        await plane.Admin.RefusedAsync(Post, "keys", new { owner = account.Subject, description = new string('d', 1001) }, 400, "text_too_long");
    }

    [Fact]
    public async Task A_member_has_at_most_100_good_keys()
    {
        var account = await plane.AddAccountAsync();
        for (var i = 1; i < 100; i++)
            await plane.AddKeyAsync(account.Subject);
        await plane.Admin.RefusedAsync(Post, "keys", new { owner = account.Subject }, 409, "too_many_keys");
        await plane.Admin.DoneAsync(Delete, $"keys/{account.KeyId}");
        await plane.AddKeyAsync(account.Subject);
        // Oldest first, in pages of any size, each exactly once.
        foreach (var limit in (int[])[7, 100, 1000])
        {
            var ids = (await plane.Admin.AllAsync($"keys?owner={account.Subject}&revoked=true", "keys", limit)).Select(key => key.Text("id")).ToList();
            Assert.Equal(101, ids.Distinct(StringComparer.Ordinal).Count());
            Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        }
    }

    [Theory]
    [InlineData("limit=0", "invalid_limit")]
    [InlineData("limit=1001", "invalid_limit")]
    [InlineData("limit=x", null)]
    [InlineData("pageToken=x", "invalid_page_token")]
    [InlineData("pageToken=IlwwMCI", "invalid_page_token")]
    [InlineData("pageToken=NQ", "invalid_page_token")]
    [InlineData("owner=a%00b", "invalid_text")]
    [InlineData("revoked=maybe", null)]
    public async Task Every_list_refuses_a_page_that_is_none(string query, string? code)
    {
        await plane.Admin.RefusedAsync(Get, "keys?" + query, null, 400, code);
        if (query.StartsWith("limit", StringComparison.Ordinal) || query.StartsWith("page", StringComparison.Ordinal))
        {
            foreach (var list in (string[])["members", "service-accounts", "roles", "grants"])
                await plane.Admin.RefusedAsync(Get, $"{list}?{query}", null, 400, code);
        }
    }
}
