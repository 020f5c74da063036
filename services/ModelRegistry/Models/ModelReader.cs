using System.Data.Common;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Versions;

namespace MlopsPlane.ModelRegistry.Models;

/// <summary>Reads a whole registered model in one statement, hence one round trip: it is what serving processes poll.</summary>
internal sealed class ModelReader(RegistryStatements statements)
{
    // Rows of five kinds share the columns; each kind fills those that it needs.
    internal const string Sql = """
        WITH m AS (
            SELECT model_key, created_at, updated_at, description FROM registered_models WHERE workspace_id = $1 AND name = $2),
        newest AS (
            SELECT (SELECT version FROM model_versions WHERE model_key = (SELECT model_key FROM m) AND current_stage = 'None' ORDER BY version DESC LIMIT 1) AS version
            UNION ALL SELECT (SELECT version FROM model_versions WHERE model_key = (SELECT model_key FROM m) AND current_stage = 'Staging' ORDER BY version DESC LIMIT 1)
            UNION ALL SELECT (SELECT version FROM model_versions WHERE model_key = (SELECT model_key FROM m) AND current_stage = 'Production' ORDER BY version DESC LIMIT 1)
            UNION ALL SELECT (SELECT version FROM model_versions WHERE model_key = (SELECT model_key FROM m) AND current_stage = 'Archived' ORDER BY version DESC LIMIT 1))
        SELECT 0 AS kind, m.model_key AS n1, m.created_at AS n2, m.updated_at AS n3, m.description AS t1,
            CAST(NULL AS text) AS t2, CAST(NULL AS text) AS t3, CAST(NULL AS text) AS t4, CAST(NULL AS text) AS t5, CAST(NULL AS text) AS t6,
            CAST(NULL AS text) AS t7
        FROM m
        UNION ALL SELECT 1, 0, 0, 0, t.key, t.value, NULL, NULL, NULL, NULL, NULL
        FROM m JOIN registered_model_tags t ON t.model_key = m.model_key
        UNION ALL SELECT 2, a.version, 0, 0, a.alias, NULL, NULL, NULL, NULL, NULL, NULL
        FROM m JOIN registered_model_aliases a ON a.model_key = m.model_key
        UNION ALL SELECT 3, v.version, v.created_at, v.updated_at, v.description, v.current_stage, v.source, v.run_id, v.run_link, v.logged_model_id,
            v.storage_location
        FROM m CROSS JOIN newest JOIN model_versions v ON v.model_key = m.model_key AND v.version = newest.version
        UNION ALL SELECT 4, t.version, 0, 0, t.key, t.value, NULL, NULL, NULL, NULL, NULL
        FROM m CROSS JOIN newest JOIN model_version_tags t ON t.model_key = m.model_key AND t.version = newest.version
        """;

    /// <summary>The model; null when the workspace has none of that name.</summary>
    public async Task<ModelView?> FindAsync(int workspaceId, string name, CancellationToken ct)
    {
        var rows = new ModelRows(name);
        await statements.ReadAsync(Sql, rows, static (reader, state) => state.Add(reader), ct, workspaceId, name);
        return rows.ToView();
    }

    /// <exception cref="Primitives.PlaneException">404: the workspace has no model of that name.</exception>
    public async Task<ModelView> GetAsync(int workspaceId, string name, CancellationToken ct) =>
        await FindAsync(workspaceId, name, ct) ?? throw NotFound(name);

    public static Primitives.PlaneException NotFound(string name) => MlflowErrors.Missing($"Registered Model with name={name} not found");

    /// <summary>Puts the rows together, in whatever order they come.</summary>
    private sealed class ModelRows(string name)
    {
        private readonly List<KeyValuePair<string, string>> tags = [];
        private readonly List<KeyValuePair<string, int>> aliases = [];
        private readonly List<ModelVersion> versions = [];
        private readonly List<(int Version, KeyValuePair<string, string> Tag)> versionTags = [];
        private (string? Description, long CreatedAt, long UpdatedAt)? head;
        private long modelKey;

        public void Add(DbDataReader row)
        {
            switch (row.GetInt32(0))
            {
                case 0:
                    modelKey = row.GetInt64(1);
                    head = (row.Text(4), row.GetInt64(2), row.GetInt64(3));
                    break;
                case 1:
                    tags.Add(new(row.GetString(4), row.GetString(5)));
                    break;
                case 2:
                    aliases.Add(new(row.GetString(4), (int)row.GetInt64(1)));
                    break;
                case 3:
                    versions.Add(VersionReader.Version(row));
                    break;
                default:
                    versionTags.Add(((int)row.GetInt64(1), new(row.GetString(4), row.GetString(5))));
                    break;
            }
        }

        public ModelView? ToView()
        {
            if (head is not { } model)
                return null;
            tags.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
            aliases.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
            versions.Sort(static (a, b) => a.Version.CompareTo(b.Version));
            versionTags.Sort(static (a, b) => string.CompareOrdinal(a.Tag.Key, b.Tag.Key));
            var latest = versions.ConvertAll(version => new VersionView(name, version, TagsOf(version.Version), []));
            return new ModelView(modelKey, name, model.Description, model.CreatedAt, model.UpdatedAt, latest, tags, aliases);
        }

        private List<KeyValuePair<string, string>> TagsOf(int version)
        {
            var own = new List<KeyValuePair<string, string>>();
            foreach (var (of, tag) in versionTags)
            {
                if (of == version)
                    own.Add(tag);
            }

            return own;
        }
    }
}
