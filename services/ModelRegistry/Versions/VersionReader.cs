using System.Data.Common;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.ModelRegistry.Storage;

namespace MlopsPlane.ModelRegistry.Versions;

/// <summary>Reads a whole version in one statement, by number or by alias.</summary>
internal sealed class VersionReader(RegistryStatements statements)
{
    private const string Body = """
        SELECT 3 AS kind, v.version AS n1, v.created_at AS n2, v.updated_at AS n3, v.description AS t1, v.current_stage AS t2, v.source AS t3,
            v.run_id AS t4, v.run_link AS t5, v.logged_model_id AS t6, v.storage_location AS t7
        FROM v
        UNION ALL SELECT 2, a.version, 0, 0, a.alias, NULL, NULL, NULL, NULL, NULL, NULL
        FROM v JOIN registered_model_aliases a ON a.model_key = v.model_key AND a.version = v.version
        UNION ALL SELECT 4, t.version, 0, 0, t.key, t.value, NULL, NULL, NULL, NULL, NULL
        FROM v JOIN model_version_tags t ON t.model_key = v.model_key AND t.version = v.version
        """;

    private const string ByNumber = """
        WITH v AS (
            SELECT x.* FROM registered_models m JOIN model_versions x ON x.model_key = m.model_key
            WHERE m.workspace_id = $1 AND m.name = $2 AND x.version = $3 AND x.current_stage <> 'Deleted_Internal')
        """ + "\n" + Body;

    private const string ByAlias = """
        WITH v AS (
            SELECT x.* FROM registered_models m JOIN registered_model_aliases a ON a.model_key = m.model_key
                JOIN model_versions x ON x.model_key = a.model_key AND x.version = a.version
            WHERE m.workspace_id = $1 AND m.name = $2 AND a.alias = $3)
        """ + "\n" + Body;

    /// <summary>The version; null when there is none, or it was deleted.</summary>
    public Task<VersionView?> FindAsync(int workspaceId, string name, int version, CancellationToken ct) =>
        ReadAsync(ByNumber, name, ct, workspaceId, name, version);

    /// <summary>The version that an alias points to.</summary>
    public Task<VersionView?> FindByAliasAsync(int workspaceId, string name, string alias, CancellationToken ct) =>
        ReadAsync(ByAlias, name, ct, workspaceId, name, alias);

    /// <exception cref="Primitives.PlaneException">404: there is no such version.</exception>
    public async Task<VersionView> GetAsync(int workspaceId, string name, VersionNumber version, CancellationToken ct) =>
        await FindAsync(workspaceId, name, version.Value, ct) ?? throw NotFound(name, version);

    public static Primitives.PlaneException NotFound(string name, VersionNumber version) =>
        MlflowErrors.Missing($"Model Version (name={name}, version={version.Text}) not found");

    /// <summary>The columns of a version row of <see cref="Body"/>.</summary>
    internal static ModelVersion Version(DbDataReader row) => new()
    {
        Version = (int)row.GetInt64(1),
        CreatedAt = row.GetInt64(2),
        UpdatedAt = row.GetInt64(3),
        Description = row.Text(4),
        CurrentStage = row.GetString(5),
        Source = row.GetString(6),
        StorageLocation = row.GetString(10),
        RunId = row.Text(7),
        RunLink = row.Text(8),
        LoggedModelId = row.Text(9),
    };

    private async Task<VersionView?> ReadAsync(string sql, string name, CancellationToken ct, params object[] values)
    {
        var rows = new VersionRows();
        await statements.ReadAsync(sql, rows, static (reader, state) => state.Add(reader), ct, values);
        return rows.ToView(name);
    }

    private sealed class VersionRows
    {
        private readonly List<KeyValuePair<string, string>> tags = [];
        private readonly List<string> aliases = [];
        private ModelVersion? version;

        public void Add(DbDataReader row)
        {
            switch (row.GetInt32(0))
            {
                case 3:
                    version = Version(row);
                    break;
                case 2:
                    aliases.Add(row.GetString(4));
                    break;
                default:
                    tags.Add(new(row.GetString(4), row.GetString(5)));
                    break;
            }
        }

        public VersionView? ToView(string name)
        {
            if (version is null)
                return null;
            tags.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
            aliases.Sort(StringComparer.Ordinal);
            return new VersionView(name, version, tags, aliases);
        }
    }
}
