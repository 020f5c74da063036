using MlopsPlane.Mlflow.Search;
using MlopsPlane.ModelRegistry.Finding;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ModelRegistry.Models;

/// <summary>Finds the keys of a page of registered models.</summary>
internal sealed class ModelSearch(RegistryStatements statements)
{
    private static readonly SortColumn ByName = new("m.name", IsText: true, Ascending: true);

    private static readonly FilterSql Filter = new(
        new Dictionary<string, string>(StringComparer.Ordinal) { ["name"] = "m.name" },
        "registered_model_tags t WHERE t.model_key = m.model_key");

    /// <summary>Keys in order, and the token of the next page where there is one.</summary>
    public async Task<(IReadOnlyList<long> ModelKeys, string? NextPage)> FindAsync(
        int workspaceId, NameGate? gate, FilterNode? filter, IReadOnlyList<SearchOrder> orders, string? pageToken, int maxResults, CancellationToken ct)
    {
        var order = Order(orders);
        var page = PageToken.Parse(pageToken, Keyset.Describe(order));
        var sql = new SqlText(statements.NoEscape);
        sql.Append("SELECT m.model_key, m.name, m.updated_at FROM registered_models m WHERE m.workspace_id = ").AppendValue(workspaceId);
        var (kept, excludePrompts) = PromptRule.Apply(filter);
        if (excludePrompts)
            sql.Append(" AND NOT EXISTS (SELECT 1 FROM registered_model_tags p WHERE p.model_key = m.model_key AND p.key = 'mlflow.prompt.is_prompt' AND p.value = 'true')");
        if (gate is not null)
            ModelNames.Write(sql, "m.name", gate, statements);
        if (kept is not null)
            Filter.Write(sql.Append(" AND "), kept);
        if (page?.Keys([.. order.Select(column => column.Type)]) is { } after)
            Keyset.WriteAfter(sql, order, after);
        Keyset.WriteOrder(sql, order);
        sql.Append(" LIMIT ").AppendValue(maxResults + 1L).Append(" OFFSET ").AppendValue(page?.Offset ?? 0);

        var rows = new List<(long Key, string Name, long UpdatedAt)>();
        await using var connection = await statements.Database.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        sql.ApplyTo(command);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            rows.Add((reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2)));
        if (rows.Count <= maxResults)
            return ([.. rows.Select(row => row.Key)], null);
        var last = rows[maxResults - 1];
        var next = PageToken.After(Keyset.Describe(order), [.. order.Select(column => (object?)(column.IsText ? last.Name : last.UpdatedAt))]);
        return ([.. rows.Take(maxResults).Select(row => row.Key)], next);
    }

    private static List<SortColumn> Order(IReadOnlyList<SearchOrder> orders)
    {
        var columns = orders.Select(order => order.Key == "name"
            ? ByName with { Ascending = order.Ascending }
            : new SortColumn("m.updated_at", IsText: false, order.Ascending)).ToList();
        if (!columns.Exists(column => column.Sql == ByName.Sql))
            columns.Add(ByName);
        return columns;
    }
}
