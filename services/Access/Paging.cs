using MlopsPlane.Primitives;

namespace MlopsPlane.Access;

/// <summary>Pages of the service's own API, in the order of a text or of a number that falls.</summary>
internal static class Paging
{
    /// <summary>Most entries of a page.</summary>
    public const int MaxLimit = 1000;

    private const int DefaultLimit = 100;

    /// <exception cref="PlaneException">400: not between 1 and <see cref="MaxLimit"/>.</exception>
    public static int Limit(int? limit) => limit switch
    {
        null => DefaultLimit,
        < 1 or > MaxLimit => throw PlaneError.Invalid("invalid_limit", $"'limit' must be between 1 and {MaxLimit}.").ToException(),
        { } given => given,
    };

    /// <summary>The text after which the page begins; empty at the start.</summary>
    /// <exception cref="PlaneException">400: the token is none of ours.</exception>
    public static string After(string? token)
    {
        if (string.IsNullOrEmpty(token))
            return "";
        return OpaqueToken.TryDecode(token, PageJson.Default.String, out var after) && after is not null && !after.Contains('\0')
            ? after
            : throw PlaneError.Invalid("invalid_page_token", "'pageToken' was not given by this list.").ToException();
    }

    /// <summary>The number below which the page begins; the largest at the start.</summary>
    /// <exception cref="PlaneException">400: the token is none of ours.</exception>
    public static long Before(string? token)
    {
        if (string.IsNullOrEmpty(token))
            return long.MaxValue;
        return OpaqueToken.TryDecode(token, PageJson.Default.Int64, out var before)
            ? before
            : throw PlaneError.Invalid("invalid_page_token", "'pageToken' was not given by this list.").ToException();
    }

    public static string Token(string last) => OpaqueToken.Encode(last, PageJson.Default.String);

    public static string Token(long last) => OpaqueToken.Encode(last, PageJson.Default.Int64);
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
[System.Text.Json.Serialization.JsonSerializable(typeof(long))]
internal sealed partial class PageJson : System.Text.Json.Serialization.JsonSerializerContext;
