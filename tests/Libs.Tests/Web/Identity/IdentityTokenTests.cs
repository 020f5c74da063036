using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Identity.Tokens;

namespace MlopsPlane.Libs.Tests.Web.Identity;

public sealed class IdentityTokenTests
{
    private static readonly CallerIdentity Alice = new("user:alice", "key-1", [new Grant(true, Verbs.Read, "team-a", ResourceKind.Model, "churn*")]);
    private readonly SteppedClock clock = new();

    [Fact]
    public async Task A_token_tells_the_service_that_it_is_for_who_calls_and_what_they_may_do()
    {
        var caller = await JudgeAsync("registry", Token("registry"));
        Assert.Equal((Alice.Name, Alice.KeyId), (caller!.Name, caller.KeyId));
        Assert.Equal(Alice.Grants, caller.Grants);
    }

    [Fact]
    public async Task A_caller_of_a_thousand_rules_fits_into_a_header_and_one_of_too_many_is_told()
    {
        var many = Alice with { Grants = [.. Enumerable.Range(0, 1000).Select(i => new Grant(i % 7 > 0, Verbs.Read, $"team-{i}", ResourceKind.Model, $"churn-{i * 7919}-*"))] };
        var token = IdentityToken.Write(new TokenBody("registry", clock.GetUtcNow().ToUnixTimeMilliseconds() + 60_000, many), Keys().Signing("registry"));
        Assert.InRange(token.Length, 1, IdentityToken.MaxLength);
        Assert.Equal(many.Grants, (await JudgeAsync("registry", token))!.Grants);
        var more = Alice with { Grants = [.. Enumerable.Range(0, 10_000).Select(_ => new Grant(true, Verbs.Read, Guid.CreateVersion7().ToString("N") + Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8)), ResourceKind.Model, "*"))] };
        var refused = Assert.Throws<PlaneException>(() => new IdentityTokens(Keys(), clock).For(more, "registry"));
        Assert.Equal((403, "too_many_grants"), (refused.Error.Status, refused.Error.Code));
    }

    [Fact]
    public async Task A_token_is_worth_nothing_at_another_service_or_under_another_secret()
    {
        Assert.Null(await JudgeAsync("tracker", Token("registry")));
        Assert.Null(await JudgeAsync("registry", Token("registry", secret: new string('y', 40))));
        Assert.Null(await JudgeAsync("registry", Token("Registry")));
    }

    [Fact]
    public async Task A_token_ends_after_a_minute_and_what_clocks_may_differ()
    {
        var service = Service("registry");
        var token = Token("registry");
        clock.Move(TimeSpan.FromSeconds(89));
        Assert.NotNull(await JudgeAsync(service, token));
        clock.Move(TimeSpan.FromSeconds(2));
        Assert.Null(await JudgeAsync(service, token));
        Assert.Null(await JudgeAsync("registry", token));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(-1, true)]
    [InlineData(-2, false)]
    public async Task A_key_of_the_hour_before_or_after_is_accepted_and_no_other(int hours, bool accepted)
    {
        var made = Token("registry", at: clock.GetUtcNow().AddHours(hours), expiresIn: TimeSpan.FromHours(5));
        Assert.Equal(accepted, await JudgeAsync("registry", made) is not null);
    }

    [Fact]
    public async Task Every_changed_missing_or_added_character_ends_a_token()
    {
        var token = Token("registry");
        var service = Service("registry");
        for (var i = 0; i < token.Length - 1; i++)
            Assert.Null(await JudgeAsync(service, token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..]));
        for (var i = 0; i < token.Length; i++)
        {
            Assert.Null(await JudgeAsync(service, token[..i]));
            Assert.Null(await JudgeAsync(service, token.Remove(i, 1)));
        }

        foreach (var more in (string[])["A", ".", " ", "=", "é"])
        {
            Assert.Null(await JudgeAsync(service, token + more));
            Assert.Null(await JudgeAsync(service, more + token));
        }
    }

    [Fact]
    public async Task No_token_chooses_how_it_is_judged()
    {
        var payload = Token("registry").Split('.')[0];
        var none = Base64Url.EncodeToString("""{"alg":"none","typ":"JWT"}"""u8);
        var hs256 = Base64Url.EncodeToString("""{"alg":"HS256"}"""u8);
        var body = Base64Url.EncodeToString(Encoding.UTF8.GetBytes("""{"aud":"registry","exp":9999999999999,"id":{"Name":"local","KeyId":null,"Grants":[]}}"""));
        var plain = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(payload)));
        var empty = Base64Url.EncodeToString(HMACSHA256.HashData(Array.Empty<byte>(), Encoding.ASCII.GetBytes(body)));
        var zeros = Base64Url.EncodeToString(HMACSHA256.HashData(new byte[32], Encoding.ASCII.GetBytes(body)));
        string[] forged =
        [
            "", ".", "..", payload, payload + ".", $"{none}.{body}.", $"{none}.{body}", $"{hs256}.{body}.{zeros}", $"{payload}.{plain}", $"{body}.{empty}",
            $"{body}.{zeros}", $"{body}.{new string('A', 43)}", "null", "Bearer " + Token("registry"), new string('x', 20_000),
        ];
        foreach (var token in forged)
            Assert.Null(await JudgeAsync("registry", token));
    }

    [Fact]
    public async Task Two_tokens_are_none_and_so_is_any_credential_of_a_client()
    {
        var service = Service("registry");
        var http = Request();
        http.Request.Headers[IdentityToken.Header] = new([Token("registry"), Token("registry")]);
        Assert.Null((await service.AuthenticateAsync(http)).Caller);
        var direct = Request();
        direct.Request.Headers.Authorization = "Bearer " + MlopsPlane.Web.Identity.Credentials.ApiKey.Generate();
        var answer = await service.AuthenticateAsync(direct);
        Assert.Equal((null, 401), (answer.Caller, answer.Refusal!.Status));
    }

    [Fact]
    public async Task The_scrapers_key_reads_the_metrics_and_nothing_else()
    {
        var service = Service("registry", scrapeKey: "scrape-me");
        Assert.Equal("scraper", (await ScrapeAsync(service, "/metrics", "scrape-me"))?.Name);
        Assert.Null(await ScrapeAsync(service, "/metrics", "scrape-you"));
        Assert.Null(await ScrapeAsync(service, "/metrics", ""));
        Assert.Null(await ScrapeAsync(service, "/metrics/x", "scrape-me"));
        Assert.Null(await ScrapeAsync(service, "/api/v1/events/outbox", "scrape-me"));
        Assert.Null(await ScrapeAsync(Service("registry"), "/metrics", ""));
    }

    [Fact]
    public void A_token_serves_a_caller_for_half_its_life_and_every_service_gets_its_own()
    {
        var tokens = new IdentityTokens(Keys(), clock);
        var first = tokens.For(Alice, "registry");
        Assert.Same(first, tokens.For(Alice, "registry"));
        Assert.NotEqual(first, tokens.For(Alice, "tracker"));
        Assert.NotEqual(first, tokens.For(Alice with { Grants = [] }, "registry"));
        clock.Move(IdentityTokens.Lifetime / 2);
        Assert.NotEqual(first, tokens.For(Alice, "registry"));
    }

    private static async Task<CallerIdentity?> ScrapeAsync(TokenAuthenticator service, string path, string key)
    {
        var http = Request();
        http.Request.Path = path;
        http.Request.Headers.Authorization = "Bearer " + key;
        return (await service.AuthenticateAsync(http)).Caller;
    }

    private Task<CallerIdentity?> JudgeAsync(string service, string token) => JudgeAsync(Service(service), token);

    private static async Task<CallerIdentity?> JudgeAsync(TokenAuthenticator service, string token)
    {
        var http = Request();
        http.Request.Headers[IdentityToken.Header] = token;
        return (await service.AuthenticateAsync(http)).Caller;
    }

    private string Token(string audience, string? secret = null, DateTimeOffset? at = null, TimeSpan? expiresIn = null)
    {
        var maker = new SteppedClock(at ?? clock.GetUtcNow());
        var ends = clock.GetUtcNow() + (expiresIn ?? IdentityTokens.Lifetime);
        return IdentityToken.Write(new TokenBody(audience, ends.ToUnixTimeMilliseconds(), Alice), Keys(secret, maker).Signing(audience));
    }

    private TokenAuthenticator Service(string module, string? scrapeKey = null) => new(
        Keys(), new HashSet<string> { "other", module }, Options.Create(new IdentityOptions { ScrapeKey = scrapeKey }), clock, IdentityParts.Metrics());

    private ClusterKeys Keys(string? secret = null, TimeProvider? at = null) =>
        new(Options.Create(new IdentityOptions { ClusterSecret = secret ?? new string('x', 40) }), at ?? clock);

    private static DefaultHttpContext Request() => new() { RequestServices = new ServiceCollection().BuildServiceProvider() };
}
