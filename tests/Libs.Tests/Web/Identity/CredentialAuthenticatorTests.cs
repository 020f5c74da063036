using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Identity.Credentials;
using MlopsPlane.Web.Identity.Oidc;

namespace MlopsPlane.Libs.Tests.Web.Identity;

public sealed class CredentialAuthenticatorTests
{
    private readonly SteppedClock clock = new();
    private readonly IdentityCache cache;
    private readonly Source source = new();
    private readonly CredentialAuthenticator authenticator;

    public CredentialAuthenticatorTests()
    {
        cache = new IdentityCache(clock);
        var clients = new ServiceCollection().AddHttpClient().BuildServiceProvider().GetRequiredService<IHttpClientFactory>();
        var oidc = new OidcTokens(Options.Create(new IdentityOptions()), clients, clock, NullLogger<OidcTokens>.Instance);
        authenticator = new CredentialAuthenticator(source, cache, oidc, clock, IdentityParts.Metrics());
    }

    [Fact]
    public async Task Who_was_seen_is_told_from_memory_until_something_changes()
    {
        var key = ApiKey.Generate();
        Assert.Equal(200, await StatusAsync(key));
        Assert.Equal(200, await StatusAsync(key));
        Assert.Equal(1, source.Asked);
        cache.Forget();
        source.Known = false;
        Assert.Equal(401, await StatusAsync(key));
        Assert.Equal(401, await StatusAsync(key));
        Assert.Equal(2, source.Asked);
    }

    [Fact]
    public async Task A_change_while_Access_answers_is_not_overlooked()
    {
        var key = ApiKey.Generate();
        // Access has read the old state, in the very moment before the change and the news of it.
        source.BeforeAnswer = cache.Forget;
        Assert.Equal(200, await StatusAsync(key));
        (source.BeforeAnswer, source.Known) = (null, false);
        Assert.Equal(401, await StatusAsync(key));
    }

    [Fact]
    public async Task While_Access_does_not_answer_known_callers_are_served_and_others_are_told_to_come_again()
    {
        var (known, other) = (ApiKey.Generate(), ApiKey.Generate());
        Assert.Equal(200, await StatusAsync(known));
        source.Down = true;
        Assert.Equal(200, await StatusAsync(known));
        Assert.Equal(503, await StatusAsync(other));
        clock.Move(IdentityCache.Grace + TimeSpan.FromSeconds(1));
        Assert.Equal(503, await StatusAsync(known));
        source.Down = false;
        // An outage is no refusal: nothing of it is remembered.
        Assert.Equal(200, await StatusAsync(other));
    }

    [Fact]
    public async Task What_cannot_be_a_key_is_refused_without_a_question()
    {
        foreach (var text in (string[])["x", "a.b", "a.b.c", "plane_", "ü", new string('x', 16_000)])
            Assert.Equal(401, await StatusAsync(text));
        Assert.Equal(0, source.Asked);
    }

    private async Task<int> StatusAsync(string key)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers["X-Api-Key"] = key;
        var answer = await authenticator.AuthenticateAsync(http);
        return answer.Caller is null ? answer.Refusal!.Status : 200;
    }

    private sealed class Source : IIdentitySource
    {
        public bool Known { get; set; } = true;

        public bool Down { get; set; }

        public Action? BeforeAnswer { get; set; }

        public int Asked { get; private set; }

        public Task<KnownIdentity?> FindByKeyAsync(string hash, CancellationToken ct)
        {
            Asked++;
            if (Down)
                return Task.FromException<KnownIdentity?>(PlaneError.Unavailable("peer_unavailable", "down").ToException());
            var read = Known ? new KnownIdentity(new CallerIdentity("service:x", "id", []), null) : null;
            BeforeAnswer?.Invoke();
            return Task.FromResult(read);
        }

        public Task<KnownIdentity?> FindMemberAsync(string name, IReadOnlyList<string> groups, CancellationToken ct) => Task.FromResult<KnownIdentity?>(null);

        public Task<long> VersionAsync(CancellationToken ct) => Task.FromResult(1L);

        public Task ReportUseAsync(IReadOnlyList<KeyUse> uses, CancellationToken ct) => Task.CompletedTask;
    }
}
