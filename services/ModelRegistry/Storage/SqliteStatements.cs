using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.ModelRegistry.Storage;

internal sealed class SqliteStatements(SqliteDatabase database) : RegistryStatements(database)
{
    public override string NoEscape => "";

    // One process writes, one transaction at a time.
    public override string SkipLocked => "";

    public override void SelectTagsOf(DbCommand command, IReadOnlyList<(long ModelKey, int Version)> versions)
    {
        command.CommandText = """
            SELECT t.model_key, t.version, t.key, t.value
            FROM json_each($1) AS wanted
                JOIN model_version_tags t ON t.model_key = json_extract(wanted.value, '$[0]') AND t.version = json_extract(wanted.value, '$[1]')
            """;
        var pairs = versions.Select(version => string.Create(CultureInfo.InvariantCulture, $"[{version.ModelKey},{version.Version}]"));
        Bind(command, 1, $"[{string.Join(',', pairs)}]");
    }

    protected override void Bind(DbCommand command, int number, object value) =>
        command.Parameters.Add(new SqliteParameter($"${number}", value));
}
