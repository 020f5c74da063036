using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using MlopsPlane.Primitives;

namespace MlopsPlane.Web.Identity.Tokens;

/// <summary>
/// Keys of the tokens between the product's own processes. A new one for each hour and each service is derived from the
/// shared secret (HKDF, RFC 5869), so no key signs for long and a token for one service is worth nothing at another.
/// </summary>
internal sealed class ClusterKeys(IOptions<IdentityOptions> options, TimeProvider clock)
{
    /// <summary>Fewest characters of the secret.</summary>
    public const int MinSecretLength = 32;

    private static readonly TimeSpan Window = TimeSpan.FromHours(1);
    private static readonly TimeSpan Reread = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<(string Secret, string Audience, long Window), byte[]> derived = new();
    private string[] secrets = [];
    private long readAt;

    /// <summary>The key that signs now.</summary>
    public byte[] Signing(string audience) => Derive(Secrets()[0], audience, CurrentWindow);

    /// <summary>Keys that a token may be signed with: of this hour and those beside it, since clocks differ.</summary>
    public IEnumerable<byte[]> Verifying(string audience)
    {
        var now = CurrentWindow;
        return Secrets().SelectMany(secret => new[] { now, now - 1, now + 1 }.Select(window => Derive(secret, audience, window)));
    }

    private long CurrentWindow => clock.GetUtcNow().ToUnixTimeSeconds() / (long)Window.TotalSeconds;

    /// <summary>Why the secret cannot be used; null when it can, or when none is configured.</summary>
    public static string? Refusal(IdentityOptions options) =>
        options.ClusterSecret is { Length: < MinSecretLength }
            ? $"Identity:ClusterSecret must have at least {MinSecretLength} characters."
            : options.ClusterSecretFile is { Length: > 0 } file && Read(options).Length == 0
                ? $"Identity:ClusterSecretFile: {file} cannot be read, or has no line of at least {MinSecretLength} characters." : null;

    private string[] Secrets()
    {
        var known = Volatile.Read(ref secrets);
        if (known.Length > 0 && (options.Value.ClusterSecretFile is null || clock.GetElapsedTime(Volatile.Read(ref readAt)) < Reread))
            return known;
        Volatile.Write(ref readAt, clock.GetTimestamp());
        var lines = Read(options.Value);
        // A file that is being replaced may be empty for a moment.
        if (lines.Length > 0 && !lines.AsSpan().SequenceEqual(known))
        {
            Volatile.Write(ref secrets, known = lines);
            derived.Clear();
        }

        return known.Length > 0 ? known : throw new InvalidOperationException($"No secret of {MinSecretLength} characters or more is configured.");
    }

    private static string[] Read(IdentityOptions options)
    {
        if (options.ClusterSecretFile is not { Length: > 0 } file)
            return [options.ClusterSecret!];
        try
        {
            return [.. File.ReadAllLines(file).Select(line => line.Trim()).Where(line => line.Length >= MinSecretLength)];
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private byte[] Derive(string secret, string audience, long window)
    {
        // Windows pass; what they leave behind is small, and goes when the secrets change or the process ends.
        if (derived.Count > 1000)
            derived.Clear();
        return derived.GetOrAdd((secret, audience, window), static key => HKDF.DeriveKey(
            HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(key.Secret), 32,
            info: Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"mlopsplane/{key.Audience}/{key.Window}"))));
    }
}
