using System.Data.Common;
using MlopsPlane.Mlflow.Search;
using MlopsPlane.ModelRegistry.Finding;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ModelRegistry.Versions;

/// <summary>Finds a page of model versions.</summary>
internal sealed class VersionSearch(RegistryStatements statements, VersionTagReader tags)
{
    private const string Select = """
        SELECT v.model_key, m.name, v.version, v.created_at, v.updated_at, v.description, v.current_stage, v.source, v.storage_location,
            v.run_id, v.run_link, v.logged_model_id
        FROM model_versions v JOIN registered_models m ON m.model_key = v.model_key
        WHERE v.current_stage <> 'Deleted_Internal' AND v.workspace_id =
        """;

    // A prompt is known by the tag of any of its versions.
    private const string NoPrompts = """
         AND v.model_key NOT IN (
            SELECT p.model_key FROM model_version_tags p WHERE p.key = 'mlflow.prompt.is_prompt' AND p.value = 'true')
        """;

    private static readonly SortColumn ByName = new("m.name", IsText: true, Ascending: true);
    private static readonly SortColumn ByVersion = new("v.version", IsText: false, Ascending: false);
    private static readonly SortColumn ByUpdate = new("v.updated_at", IsText: false, Ascending: false);
    private static readonly SortColumn ByCreation = new("v.created_at", IsText: false, Ascending: false);

    private static readonly FilterSql Filter = new(
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["name"] = "m.name",
            ["version_number"] = "v.version",
            ["run_id"] = "v.run_id",
            ["source_path"] = "v.source",
        },
        "model_version_tags t WHERE t.model_key = v.model_key AND t.version = v.version");

    /// <summary>Versions in order, without aliases, and the token of the next page where there is one.</summary>
    public async Task<(IReadOnlyList<VersionView> Versions, string? NextPage)> FindAsync(
        int workspaceId, NameGate? gate, FilterNode? filter, IReadOnlyList<SearchOrder> orders, string? pageToken, int maxResults, CancellationToken ct)
    {
        var order = Order(orders);
        var page = PageToken.Parse(pageToken, Keyset.Describe(order));
        var sql = new SqlText(statements.NoEscape);
        sql.Append(Select).Append(" ").AppendValue(workspaceId);
        var (kept, excludePrompts) = PromptRule.Apply(filter);
        if (excludePrompts)
            sql.Append(NoPrompts);
        if (gate is not null)
            ModelNames.Write(sql, "m.name", gate, statements);
        if (kept is not null)
            Filter.Write(sql.Append(" AND "), kept);
        if (page?.Keys([.. order.Select(column => column.Type)]) is { } after)
            Keyset.WriteAfter(sql, order, after);
        Keyset.WriteOrder(sql, order);
        sql.Append(" LIMIT ").AppendValue(maxResults + 1L).Append(" OFFSET ").AppendValue(page?.Offset ?? 0);

        var rows = await ReadAsync(sql, ct);
        string? next = null;
        if (rows.Count > maxResults)
        {
            rows.RemoveRange(maxResults, rows.Count - maxResults);
            next = PageToken.After(Keyset.Describe(order), [.. order.Select(column => KeyOf(rows[^1], column))]);
        }

        var tagsOf = await tags.ReadAsync([.. rows.Select(row => (row.Version.ModelKey, row.Version.Version))], ct);
        return ([.. rows.Select(row => new VersionView(
            row.Name, row.Version, tagsOf.GetValueOrDefault((row.Version.ModelKey, row.Version.Version), []), []))], next);
    }

    private static List<SortColumn> Order(IReadOnlyList<SearchOrder> orders)
    {
        if (orders.Count == 0)
            return [ByUpdate, ByName, ByVersion];
        var columns = orders.Select(order => Column(order.Key) with { Ascending = order.Ascending }).ToList();
        foreach (var tieBreak in (SortColumn[])[ByName, ByVersion])
        {
            if (!columns.Exists(column => column.Sql == tieBreak.Sql))
                columns.Add(tieBreak);
        }

        return columns;
    }

    private static SortColumn Column(string key) => key switch
    {
        "name" => ByName,
        "version_number" => ByVersion,
        "creation_timestamp" => ByCreation,
        _ => ByUpdate,
    };

    private static object KeyOf((string Name, ModelVersion Version) row, SortColumn column) =>
        column.Sql == ByName.Sql ? row.Name
        : column.Sql == ByVersion.Sql ? (long)row.Version.Version
        : column.Sql == ByCreation.Sql ? row.Version.CreatedAt
        : row.Version.UpdatedAt;

    private async Task<List<(string Name, ModelVersion Version)>> ReadAsync(SqlText sql, CancellationToken ct)
    {
        var rows = new List<(string Name, ModelVersion Version)>();
        await using var connection = await statements.Database.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        sql.ApplyTo(command);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            rows.Add((reader.GetString(1), Version(reader)));
        return rows;
    }

    private static ModelVersion Version(DbDataReader row) => new()
    {
        ModelKey = row.GetInt64(0),
        Version = row.GetInt32(2),
        CreatedAt = row.GetInt64(3),
        UpdatedAt = row.GetInt64(4),
        Description = row.Text(5),
        CurrentStage = row.GetString(6),
        Source = row.GetString(7),
        StorageLocation = row.GetString(8),
        RunId = row.Text(9),
        RunLink = row.Text(10),
        LoggedModelId = row.Text(11),
    };
}
