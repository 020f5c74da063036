using System.Data.Common;
using MlopsPlane.Storage.Databases;
using Npgsql;

namespace MlopsPlane.ModelRegistry.Storage;

internal sealed class PostgresStatements(PostgresDatabase database) : RegistryStatements(database)
{
    public override string NoEscape => " ESCAPE ''";

    public override string SkipLocked => " FOR UPDATE SKIP LOCKED";

    public override void SelectTagsOf(DbCommand command, IReadOnlyList<(long ModelKey, int Version)> versions)
    {
        command.CommandText = """
            SELECT t.model_key, t.version, t.key, t.value
            FROM unnest($1, $2) AS wanted(model_key, version)
                JOIN model_version_tags t ON t.model_key = wanted.model_key AND t.version = wanted.version
            """;
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. versions.Select(version => version.ModelKey)] });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. versions.Select(version => version.Version)] });
    }

    // Parameters without names are positional: the text needs no rewriting, and typed ones need no boxing.
    protected override void Bind(DbCommand command, int number, object value) => command.Parameters.Add(value switch
    {
        int small => new NpgsqlParameter<int> { TypedValue = small },
        string text => new NpgsqlParameter<string> { TypedValue = text },
        _ => new NpgsqlParameter { Value = value },
    });
}
