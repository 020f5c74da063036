using System.Data.Common;
using MlopsPlane.Mlflow.Search;

namespace MlopsPlane.ExperimentTracker.Search.Sql;

/// <summary>One expression of an ORDER BY; together the keys of a search identify a row.</summary>
/// <param name="Type">typeof long, double or string.</param>
/// <param name="Leads">It is a plain column that an index may be ordered by, so a bound on it alone is worth saying.</param>
/// <param name="Same">It is 0 for all rows of the statement, and no part of its order.</param>
internal sealed record SortKey(string Sql, bool Ascending, Type Type, bool Leads = false, bool Same = false);

/// <summary>Order, position and token of a page by its sort keys.</summary>
/// <param name="orders">The order asked for; a token made under another order is refused.</param>
internal sealed class SortKeys(IReadOnlyList<SortKey> keys, IEnumerable<SearchOrder> orders)
{
    private readonly string fingerprint = string.Join('\n', orders.Select(order => $"{order.Entity} {order.Ascending} {order.Key}"));

    public string OrderBy { get; } = string.Join(", ", keys.Where(key => !key.Same).Select(key => key.Ascending ? key.Sql : $"{key.Sql} DESC"));

    /// <summary>The keys as columns, for <see cref="Read"/>.</summary>
    public string Columns { get; } = string.Join(", ", keys.Select((key, i) => $"{key.Sql} AS k{i}"));

    public PageToken? Parse(string? token) => PageToken.Parse(token, fingerprint);

    public string TokenAfter(IReadOnlyList<object?> row) => PageToken.After(fingerprint, row);

    /// <summary>The keys of a row, from column <paramref name="first"/> on.</summary>
    public object?[] Read(DbDataReader row, int first) => [.. keys.Select((key, i) => row.IsDBNull(first + i) ? null : Value(row, first + i, key.Type))];

    /// <summary>The condition that a row comes after the token's row; null on a first page and for an offset.</summary>
    public string? After(SearchCommand command, PageToken? token)
    {
        if (token?.Keys([.. keys.Select(key => key.Type)]) is not { } values)
            return null;
        var condition = "FALSE";
        for (var i = keys.Count - 1; i >= 0; i--)
        {
            // Where the value is missing, the key before it (its rank) says so, and the rows with that rank are equal here.
            if (values[i] is not { } value || keys[i].Same)
                continue;
            var parameter = command.Add(value);
            condition = $"({keys[i].Sql} {(keys[i].Ascending ? '>' : '<')} {parameter} OR ({keys[i].Sql} = {parameter} AND {condition}))";
            if (keys[i].Leads && keys.Take(i).All(key => key.Same))
                condition = $"({keys[i].Sql} {(keys[i].Ascending ? ">=" : "<=")} {parameter} AND {condition})";
        }

        return condition;
    }

    /// <summary>Whether the token's row is one that this order knows: its constant keys are the token's.</summary>
    public bool MayFollow(PageToken? token) =>
        token?.Keys([.. keys.Select(key => key.Type)]) is not { } values || keys.Zip(values).All(pair => !pair.First.Same || pair.Second is 0L);

    private static object Value(DbDataReader row, int column, Type type) =>
        type == typeof(string) ? row.GetString(column)
        // Boxed each on its own: a conditional of both kinds of number would turn the integer into a double.
        : type == typeof(double) ? (object)row.GetDouble(column) : row.GetInt64(column);
}
