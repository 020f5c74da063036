namespace MlopsPlane.ModelRegistry.Finding;

/// <summary>One column of an order, none of whose values is null.</summary>
/// <param name="Sql">The column.</param>
/// <param name="IsText">Text, else a 64-bit number.</param>
internal sealed record SortColumn(string Sql, bool IsText, bool Ascending)
{
    public Type Type => IsText ? typeof(string) : typeof(long);
}

/// <summary>The rows after a given one, in an order whose columns together are unique.</summary>
internal static class Keyset
{
    /// <summary>Names the order in a page token, so that a token of another order is noticed.</summary>
    public static string Describe(IReadOnlyList<SortColumn> order) => string.Join(',', order.Select(column => $"{column.Sql} {column.Ascending}"));

    public static void WriteOrder(SqlText sql, IReadOnlyList<SortColumn> order)
    {
        sql.Append(" ORDER BY ");
        for (var i = 0; i < order.Count; i++)
            sql.Append(i == 0 ? "" : ", ").Append(order[i].Sql).Append(order[i].Ascending ? " ASC" : " DESC");
    }

    /// <summary><c>a &gt; x OR (a = x AND (b &gt; y OR ...))</c>, with the sign of each column's direction.</summary>
    public static void WriteAfter(SqlText sql, IReadOnlyList<SortColumn> order, IReadOnlyList<object?> keys)
    {
        sql.Append(" AND (");
        for (var i = 0; i < order.Count; i++)
        {
            var last = i == order.Count - 1;
            sql.Append(order[i].Sql).Append(order[i].Ascending ? " > " : " < ").AppendValue(keys[i]!);
            if (!last)
                sql.Append(" OR (").Append(order[i].Sql).Append(" = ").AppendValue(keys[i]!).Append(" AND (");
        }

        sql.Append(new string(')', (2 * (order.Count - 1)) + 1));
    }
}
