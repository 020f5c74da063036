using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.EndToEnd.Tests.Security;

/// <summary>The product that takes tokens of an issuer, and the issuer.</summary>
public sealed class OidcPlane : GuardedOnSqlite
{
    private TestIssuer? issuer;

    internal TestIssuer Issuer => issuer!;

    internal SigningKey Rsa { get; } = SigningKey.Rsa("rsa-1");

    internal SigningKey Ec { get; } = SigningKey.Ec("ec-1");

    protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
    [
        .. base.Settings, new("Identity:Oidc:Issuer", Issuer.Address.OriginalString), new("Identity:Oidc:Audience", "plane"),
        new("Identity:Oidc:AdminGroup", "plane-admins"), new("Identity:Oidc:ClockSkewSeconds", "30"),
    ];

    public override async ValueTask InitializeAsync()
    {
        issuer = await TestIssuer.StartAsync();
        issuer.Publish(Rsa);
        issuer.Publish(Ec);
        await base.InitializeAsync();
    }
}

public sealed class OidcTests(OidcPlane plane) : IClassFixture<OidcPlane>
{
    private const string WhoAmI = "/api/v1/access/whoami";
    private const string Experiment = "/api/2.0/mlflow/experiments/get?experiment_id=0";

    private TestIssuer Issuer => plane.Issuer;

    [Fact]
    public async Task Tokens_of_both_kinds_of_keys_are_taken_as_bearer_and_as_password()
    {
        foreach (var key in (SigningKey[])[plane.Rsa, plane.Ec])
        {
            var token = key.Sign(Issuer.Claims("alice"));
            Assert.Equal("user:alice", (await With(token).DoneAsync("GET", WhoAmI)).Text("subject"));
            using var basic = plane.NewClient();
            basic.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"alice:{token}")));
            Assert.Equal("user:alice", (await basic.DoneAsync("GET", WhoAmI)).Text("subject"));
        }
    }

    [Fact]
    public async Task Groups_get_what_is_granted_to_them_and_the_group_of_administrators_everything()
    {
        var (group, workspace) = ($"/teams/ml {Guid.CreateVersion7():N}", PlaneFixture.FreshWorkspace());
        await plane.GrantAsync(new { subject = $"group:{group}", workspace, role = "reader" });
        using var member = With(plane.Rsa.Sign(Issuer.Claims("bob", ("groups", new JsonArray("other", group)))), workspace);
        await member.DoneAsync("GET", Experiment);
        Assert.Equal(403, (await member.CallAsync("POST", "/api/2.0/mlflow/experiments/create", new { name = "x" })).Status);
        using var single = With(plane.Rsa.Sign(Issuer.Claims("bob", ("groups", group))), workspace);
        await single.DoneAsync("GET", Experiment);
        using var stranger = With(plane.Rsa.Sign(Issuer.Claims("bob", ("groups", new JsonArray(group + "x", "user:bob", "service:admin", "*", "a\0b", 7)))), workspace);
        Assert.Equal(403, (await stranger.CallAsync("GET", Experiment)).Status);
        using var admin = With(plane.Ec.Sign(Issuer.Claims("carol", ("groups", new JsonArray("plane-admins")))));
        await admin.DoneAsync("GET", "/api/v1/access/audit");
        using var almost = With(plane.Ec.Sign(Issuer.Claims("carol", ("groups", new JsonArray("Plane-Admins", "plane-admins ")))));
        Assert.Equal(403, (await almost.CallAsync("GET", "/api/v1/access/audit")).Status);
        var who = (await plane.Admin.DoneAsync("GET", "/api/v1/access/who-may?verb=admin&kind=access")).ToString();
        Assert.Contains("group:plane-admins", who, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_who_is_shut_out_here_is_refused_whatever_their_issuer_says()
    {
        var name = $"dave-{Guid.CreateVersion7():N}";
        using var client = With(plane.Rsa.Sign(Issuer.Claims(name, ("groups", new JsonArray("plane-admins")))));
        await client.DoneAsync("GET", WhoAmI);
        await plane.Admin.DoneAsync("POST", "/api/v1/access/members", new { name });
        await plane.Admin.DoneAsync("PATCH", $"/api/v1/access/members/{name}", new { disabled = true });
        await GuardedFixture.UntilAsync(async () => (await client.CallAsync("GET", WhoAmI)).Status == 401);
        await plane.Admin.DoneAsync("PATCH", $"/api/v1/access/members/{name}", new { disabled = false });
        await GuardedFixture.UntilAsync(async () => (await client.CallAsync("GET", WhoAmI)).Status == 200);
    }

    [Fact]
    public async Task A_person_who_is_a_member_makes_keys_of_their_own_which_have_their_own_grants_only()
    {
        var name = $"erin-{Guid.CreateVersion7():N}";
        using var client = With(plane.Rsa.Sign(Issuer.Claims(name, ("groups", new JsonArray("plane-admins-not")))));
        Assert.Equal(404, (await client.CallAsync("POST", "/api/v1/access/keys", new { })).Status);
        await plane.Admin.DoneAsync("POST", "/api/v1/access/members", new { name });
        var key = (await client.DoneAsync("POST", "/api/v1/access/keys", new { description = "laptop" })).Text("key");
        using var laptop = plane.WithKey(key);
        Assert.Equal($"user:{name}", (await laptop.DoneAsync("GET", WhoAmI)).Text("subject"));
        Assert.Equal(403, (await client.CallAsync("POST", "/api/v1/access/keys", new { owner = "service:admin" })).Status);
        Assert.Equal(403, (await laptop.CallAsync("POST", "/api/v1/access/keys", new { })).Status);
    }

    [Fact]
    public async Task A_token_for_others_from_others_or_of_another_time_is_refused()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        (string, JsonNode?)[] changes =
        [
            ("aud", "another"), ("aud", null), ("aud", new JsonArray("another", "third")), ("iss", "http://127.0.0.1:1"), ("iss", null),
            ("iss", Issuer.Address.OriginalString + "/"), ("exp", now - 40), ("exp", null), ("nbf", now + 60), ("sub", null), ("sub", ""),
            ("sub", "a/b"), ("sub", "a*"), ("sub", "a\0b"), ("sub", "a\r\nb"), ("sub", "é"), ("sub", new string('s', 257)),
        ];
        foreach (var change in changes)
        {
            var (status, answer) = await With(plane.Rsa.Sign(Issuer.Claims("mallory", change))).CallAsync("GET", WhoAmI);
            Assert.True(status == 401, $"{change}: {status} {answer}");
        }

        foreach (var good in (JsonNode[])["plane", new JsonArray("another", "plane")])
            Assert.Equal(200, (await With(plane.Rsa.Sign(Issuer.Claims("mallory", ("aud", good.DeepClone())))).CallAsync("GET", WhoAmI)).Status);
        // Clocks may differ by half a minute.
        Assert.Equal(200, (await With(plane.Rsa.Sign(Issuer.Claims("mallory", ("exp", now - 15), ("nbf", now - 100)))).CallAsync("GET", WhoAmI)).Status);
        Assert.Equal(200, (await With(plane.Rsa.Sign(Issuer.Claims("mallory", ("nbf", now + 15)))).CallAsync("GET", WhoAmI)).Status);
    }

    [Fact]
    public async Task No_token_chooses_how_its_signature_is_judged()
    {
        var claims = Issuer.Claims("root", ("groups", new JsonArray("plane-admins")));
        var good = plane.Rsa.Sign(claims);
        var stranger = SigningKey.Rsa("rsa-1");
        string[] forged =
        [
            SigningKey.Unsigned("none", claims), SigningKey.Unsigned("None", claims), SigningKey.Unsigned("", claims), SigningKey.Unsigned("RS256", claims),
            SigningKey.Unsigned("none", claims, good.Split('.')[2]), .. plane.Rsa.Confused(claims), .. plane.Ec.Confused(claims), stranger.Sign(claims),
            stranger.WithOwnKey(claims), SigningKey.Ec("ec-1").Sign(claims), plane.Rsa.Sign(claims, "ec-1"), good[..^4] + "AAAA",
            good.Split('.')[0] + "." + plane.Rsa.Sign(Issuer.Claims("x")).Split('.')[1] + "." + good.Split('.')[2], "..", "a.b.c", good + ".x", "." + good,
        ];
        foreach (var token in forged)
        {
            var (status, answer) = await With(token).CallAsync("GET", WhoAmI);
            Assert.True(status == 401, $"{token}: {status} {answer}");
        }
    }

    [Fact]
    public async Task A_new_key_of_the_issuer_is_taken_and_a_withdrawn_one_is_not_after_it()
    {
        await using var own = await OwnAsync();
        var first = own.Issuer.Publish(SigningKey.Rsa("first"));
        await own.Plane.InitializeAsync();
        Assert.Equal(200, (await own.With(first.Sign(own.Issuer.Claims("a"))).CallAsync("GET", WhoAmI)).Status);
        var second = own.Issuer.Publish(SigningKey.Ec("second"));
        own.Issuer.Withdraw(first);
        // Keys were fetched just now; a few seconds later they are again, and the waiting token is good at once then.
        var token = second.Sign(own.Issuer.Claims("b"));
        var begun = TimeProvider.System.GetTimestamp();
        while ((await own.With(token).CallAsync("GET", WhoAmI)).Status != 200)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromSeconds(15), "The issuer's new key was never taken.");
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }

        Assert.Equal(401, (await own.With(first.Sign(own.Issuer.Claims("c"))).CallAsync("GET", WhoAmI)).Status);
        var fetches = own.Issuer.Fetches;
        for (var i = 0; i < 50; i++)
            Assert.Equal(401, (await own.With(first.Sign(own.Issuer.Claims($"flood-{i}"), $"invented-{i}")).CallAsync("GET", WhoAmI)).Status);
        Assert.InRange(own.Issuer.Fetches - fetches, 0, 2);
    }

    [Fact]
    public async Task While_the_issuer_is_down_new_tokens_are_told_to_come_again_and_keys_work()
    {
        await using var own = await OwnAsync();
        var key = own.Issuer.Publish(SigningKey.Rsa("only"));
        own.Issuer.Down = true;
        await own.Plane.InitializeAsync();
        var token = key.Sign(own.Issuer.Claims("a"));
        var (status, answer) = await own.With(token).CallAsync("GET", WhoAmI);
        Assert.True(status == 503, $"{status} {answer}");
        await own.Plane.Admin.DoneAsync("GET", WhoAmI);
        own.Issuer.Down = false;
        var begun = TimeProvider.System.GetTimestamp();
        while ((await own.With(token).CallAsync("GET", WhoAmI)).Status != 200)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromSeconds(10), "It did not recover.");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        // Known keys outlive the issuer.
        own.Issuer.Down = true;
        Assert.Equal(200, (await own.With(key.Sign(own.Issuer.Claims("b"))).CallAsync("GET", WhoAmI)).Status);
    }

    private static async Task<OwnIssuer> OwnAsync()
    {
        var issuer = await TestIssuer.StartAsync();
        return new OwnIssuer(issuer, new PlaneOf(issuer));
    }

    private HttpClient With(string token, string? workspace = null) => plane.WithKey(token, workspace);

    private sealed class PlaneOf(TestIssuer issuer) : GuardedOnSqlite
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
            [.. base.Settings, new("Identity:Oidc:Issuer", issuer.Address.OriginalString), new("Identity:Oidc:Audience", "plane")];
    }

    private sealed record OwnIssuer(TestIssuer Issuer, GuardedFixture Plane) : IAsyncDisposable
    {
        public HttpClient With(string token) => Plane.WithKey(token);

        public async ValueTask DisposeAsync()
        {
            await Plane.DisposeAsync();
            await Issuer.DisposeAsync();
        }
    }
}
