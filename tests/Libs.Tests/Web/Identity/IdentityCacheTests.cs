using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Identity.Credentials;

namespace MlopsPlane.Libs.Tests.Web.Identity;

public sealed class IdentityCacheTests
{
    private readonly SteppedClock clock = new();
    private readonly IdentityCache cache;

    public IdentityCacheTests() => cache = new IdentityCache(clock);

    private long Now => clock.NowMilliseconds();

    [Fact]
    public void What_was_asked_for_before_a_change_is_not_remembered_after_it()
    {
        var asked = cache.Generation;
        cache.Forget();
        cache.Remember(Key("a"), Known("a"), asked, Now);
        cache.Remember(Key("b"), null, asked, Now);
        Assert.Equal((Remembered.Nothing, Remembered.Nothing), (Find("a"), Find("b")));
        cache.Remember(Key("a"), Known("a"), cache.Generation, Now);
        Assert.Equal(Remembered.Good, Find("a"));
        cache.Forget();
        Assert.Equal(Remembered.Nothing, Find("a"));
    }

    [Fact]
    public void Whatever_the_order_of_answers_and_changes_nothing_old_is_left()
    {
        for (var round = 0; round < 2_000; round++)
        {
            var asked = cache.Generation;
            Parallel.Invoke(cache.Forget, () => cache.Remember(Key("a"), Known("old"), asked, Now), () => cache.Remember(Key("b"), null, asked, Now));
            Assert.Equal((Remembered.Nothing, Remembered.Nothing), (Find("a"), Find("b")));
        }
    }

    [Fact]
    public void Known_callers_are_served_for_five_minutes_without_a_word_from_Access_and_not_longer()
    {
        cache.Remember(Key("a"), Known("a"), cache.Generation, Now);
        clock.Move(IdentityCache.Grace);
        Assert.Equal(Remembered.Good, Find("a"));
        clock.Move(TimeSpan.FromSeconds(1));
        Assert.Equal(Remembered.Stale, Find("a"));
        cache.Confirm();
        Assert.Equal(Remembered.Good, Find("a"));
    }

    [Fact]
    public void A_key_that_ends_is_refused_from_that_moment_on()
    {
        cache.Remember(Key("a"), Known("a", Now + 1000), cache.Generation, Now);
        clock.Move(TimeSpan.FromMilliseconds(999));
        Assert.Equal(Remembered.Good, Find("a"));
        clock.Move(TimeSpan.FromMilliseconds(1));
        Assert.Equal(Remembered.Refused, Find("a"));
    }

    [Fact]
    public void A_refusal_is_remembered_for_moments_only_since_a_token_may_become_good()
    {
        cache.Remember(Key("a"), null, cache.Generation, Now);
        Assert.Equal(Remembered.Refused, Find("a"));
        clock.Move(IdentityCache.RefusalLife);
        Assert.Equal(Remembered.Nothing, Find("a"));
    }

    [Fact]
    public void Guesses_do_not_push_out_who_is_known()
    {
        cache.Remember(Key("a"), Known("a"), cache.Generation, Now);
        for (var i = 0; i < 25_000; i++)
            cache.Remember(Key($"guess-{i}"), null, cache.Generation, Now);
        Assert.Equal(Remembered.Good, Find("a"));
    }

    [Fact]
    public void New_callers_are_remembered_also_after_very_many_others()
    {
        for (var i = 0; i <= 100_000; i++)
            cache.Remember(Key($"{i}"), Known("x"), cache.Generation, Now);
        Assert.Equal(Remembered.Good, Find("100000"));
    }

    [Fact]
    public void Uses_are_told_once_with_the_latest_time_and_are_not_lost_with_a_change()
    {
        cache.Remember(Key("a"), Known("a"), cache.Generation, Now);
        clock.Move(TimeSpan.FromSeconds(3));
        Find("a");
        var last = Now;
        cache.Forget();
        Assert.Equal(new KeyUse("a", last), Assert.Single(cache.TakeUses()));
        Assert.Empty(cache.TakeUses());
        cache.GiveBack([new KeyUse("a", last)]);
        cache.Remember(Key("a"), Known("a"), cache.Generation, Now + 5);
        Assert.Equal(new KeyUse("a", last + 5), Assert.Single(cache.TakeUses()));
    }

    private Remembered Find(string key) => cache.Find(Key(key), Now, out _);

    private static Digest Key(string text) => Digest.Of(text)!.Value;

    private static KnownIdentity Known(string keyId, long? expiresAt = null) => new(new CallerIdentity("service:x", keyId, []), expiresAt);
}
