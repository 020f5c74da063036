using System.Collections.Concurrent;
using MlopsPlane.Primitives;

namespace MlopsPlane.Web.Identity.Credentials;

/// <summary>What is remembered of a credential.</summary>
internal enum Remembered
{
    Nothing,
    Good,
    Refused,

    /// <summary>It was good, but for too long nobody could say whether it still is.</summary>
    Stale,
}

/// <summary>
/// Credentials that were looked up, by their digest. Everything is forgotten when Access has changed anything; good ones
/// outlive an Access that does not answer for <see cref="Grace"/>, during which nothing can be revoked there either.
/// </summary>
internal sealed class IdentityCache(TimeProvider clock)
{
    /// <summary>How long good credentials are trusted without a word from Access.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a refusal is remembered: it spares Access a client that repeats itself, and must not shut out a token
    /// that begins to be good, or whose issuer has just changed its keys.
    /// </summary>
    public static readonly TimeSpan RefusalLife = TimeSpan.FromSeconds(2);

    private const int MaxGood = 100_000;
    private const int MaxRefused = 10_000;

    private readonly ConcurrentDictionary<Digest, Entry> good = new();
    private readonly ConcurrentDictionary<Digest, long> refused = new();
    private readonly ConcurrentDictionary<string, long> uses = new(StringComparer.Ordinal);
    private long generation;
    private long confirmedAt = clock.GetTimestamp();

    /// <summary>Changes whenever everything is forgotten: an answer that was asked for before must not be remembered after.</summary>
    public long Generation => Volatile.Read(ref generation);

    /// <param name="now">Milliseconds since 1970 UTC.</param>
    public Remembered Find(in Digest digest, long now, out CallerIdentity? caller)
    {
        caller = null;
        if (!good.TryGetValue(digest, out var entry))
            return refused.TryGetValue(digest, out var since) && clock.GetElapsedTime(since) < RefusalLife ? Remembered.Refused : Remembered.Nothing;
        if (entry.ExpiresAt <= now)
            return Remembered.Refused;
        if (clock.GetElapsedTime(Volatile.Read(ref confirmedAt)) > Grace)
            return Remembered.Stale;
        entry.LastUse = now;
        caller = entry.Caller;
        return Remembered.Good;
    }

    public void Remember(in Digest digest, KnownIdentity? found, long askedIn, long now)
    {
        if (found is null)
        {
            // Guesses must not push the good ones out, nor fill the memory.
            if (refused.Count >= MaxRefused)
                refused.Clear();
            refused[digest] = clock.GetTimestamp();
        }
        else
        {
            if (good.Count >= MaxGood)
                Drop();
            good[digest] = new Entry(found.Caller, found.ExpiresAt ?? long.MaxValue) { LastUse = now };
        }

        if (askedIn != Generation)
        {
            good.TryRemove(digest, out _);
            refused.TryRemove(digest, out _);
        }
    }

    /// <summary>Access was asked just now and nothing has changed.</summary>
    public void Confirm() => Volatile.Write(ref confirmedAt, clock.GetTimestamp());

    /// <summary>Something has changed in Access.</summary>
    public void Forget()
    {
        Interlocked.Increment(ref generation);
        Drop();
        refused.Clear();
    }

    /// <summary>The keys that were used since the last call.</summary>
    public IReadOnlyList<KeyUse> TakeUses()
    {
        CollectUses();
        var taken = new List<KeyUse>();
        foreach (var keyId in uses.Keys)
        {
            if (uses.TryRemove(keyId, out var at))
                taken.Add(new KeyUse(keyId, at));
        }

        return taken;
    }

    /// <summary>Uses that could not be told yet; a later one of the same key counts.</summary>
    public void GiveBack(IReadOnlyList<KeyUse> untold)
    {
        foreach (var use in untold)
            uses.AddOrUpdate(use.KeyId, use.At, (_, since) => Math.Max(since, use.At));
    }

    private void Drop()
    {
        CollectUses();
        good.Clear();
    }

    private void CollectUses()
    {
        foreach (var entry in good.Values)
        {
            if (entry.Caller.KeyId is { } keyId && Interlocked.Exchange(ref entry.LastUse, 0) is > 0 and var at)
                uses.AddOrUpdate(keyId, at, (_, before) => Math.Max(before, at));
        }
    }

    private sealed class Entry(CallerIdentity caller, long expiresAt)
    {
        public readonly CallerIdentity Caller = caller;
        public readonly long ExpiresAt = expiresAt;
        public long LastUse;
    }
}
