using System.Data.Common;

namespace MlopsPlane.ExperimentTracker.Search.Sql;

/// <summary>What a search found.</summary>
/// <param name="Keys">Keys of the page's rows, in order.</param>
/// <param name="NextPageToken">Token of the page after this one; null on the last.</param>
internal sealed record SearchPage(IReadOnlyList<long> Keys, string? NextPageToken)
{
    public static SearchPage Empty { get; } = new([], null);

    /// <summary>Reads a statement whose rows are a key and the sort keys, and whose limit is one more than the page's.</summary>
    public static async Task<SearchPage> ReadAsync(DbCommand statement, SortKeys keys, int limit, CancellationToken ct)
    {
        var found = new List<long>();
        object?[] last = [];
        await using var rows = await statement.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            if (found.Count == limit)
                return new SearchPage(found, keys.TokenAfter(last));
            found.Add(rows.GetInt64(0));
            if (found.Count == limit)
                last = keys.Read(rows, first: 1);
        }

        return new SearchPage(found, null);
    }
}
