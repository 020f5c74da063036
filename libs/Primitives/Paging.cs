using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MlopsPlane.Primitives;

/// <summary>Pages of the product's own lists: how long they are, and where the next one begins.</summary>
public static partial class Paging
{
    /// <summary>Entries of a page when none are asked for.</summary>
    public const int DefaultLimit = 100;

    /// <summary>Most entries of a page.</summary>
    public const int MaxLimit = 1000;

    /// <exception cref="PlaneException">400: not 1 to <see cref="MaxLimit"/>.</exception>
    public static int Limit(int? limit) => limit switch
    {
        null => DefaultLimit,
        >= 1 and <= MaxLimit => limit.Value,
        _ => throw PlaneError.Invalid("invalid_limit", $"'limit' must be 1 to {MaxLimit}.").ToException(),
    };

    /// <summary>The text after which the page begins; empty at the start.</summary>
    /// <exception cref="PlaneException">400: no token of ours.</exception>
    public static string After(string? pageToken)
    {
        var after = After(pageToken, "", PageJson.Default.String);
        return after.Contains('\0', StringComparison.Ordinal) ? throw NoToken() : after;
    }

    /// <summary>The number below which the page begins; <see cref="long.MaxValue"/> at the start.</summary>
    /// <exception cref="PlaneException">400: no token of ours.</exception>
    public static long Before(string? pageToken) => After(pageToken, long.MaxValue, PageJson.Default.Int64);

    /// <summary>The place that a page token names; <paramref name="first"/> when none is given.</summary>
    /// <exception cref="PlaneException">400: no token of ours.</exception>
    public static T After<T>(string? pageToken, T first, JsonTypeInfo<T> type)
    {
        if (string.IsNullOrEmpty(pageToken))
            return first;
        return OpaqueToken.TryDecode(pageToken, type, out var after) && after is not null ? after : throw NoToken();
    }

    public static string Token(string last) => OpaqueToken.Encode(last, PageJson.Default.String);

    public static string Token(long last) => OpaqueToken.Encode(last, PageJson.Default.Int64);

    private static PlaneException NoToken() =>
        PlaneError.Invalid("invalid_page_token", "'pageToken' is not one that this server gave out.").ToException();

    [JsonSerializable(typeof(string))]
    [JsonSerializable(typeof(long))]
    internal sealed partial class PageJson : JsonSerializerContext;
}
