using System.Text.Json.Serialization;
using MlopsPlane.Primitives;

namespace MlopsPlane.ModelRegistry.Governance;

/// <summary>Pages of the product's own lists: newest first, by a key that only falls.</summary>
internal static class Paging
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 1000;

    public static int Limit(int? asked) => asked switch
    {
        null => DefaultLimit,
        >= 1 and <= MaxLimit => asked.Value,
        _ => throw PlaneError.Invalid("invalid_limit", $"'limit' must be between 1 and {MaxLimit}.").ToException(),
    };

    /// <summary>Keys below which the page begins; <see cref="long.MaxValue"/> for the first page.</summary>
    public static long Before(string? pageToken)
    {
        if (string.IsNullOrEmpty(pageToken))
            return long.MaxValue;
        return OpaqueToken.TryDecode(pageToken, PageJson.Default.Page, out var page)
            ? page!.Before
            : throw PlaneError.Invalid("invalid_page_token", "'pageToken' is not one that this server gave out.").ToException();
    }

    public static string Token(long before) => OpaqueToken.Encode(new Page(before), PageJson.Default.Page);

    internal sealed record Page(long Before);
}

[JsonSerializable(typeof(Paging.Page))]
internal sealed partial class PageJson : JsonSerializerContext;
