using System.Data.Common;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Storage.Databases;
using Npgsql;

namespace MlopsPlane.ModelRegistry.Versions;

using Tags = Dictionary<(long ModelKey, int Version), List<KeyValuePair<string, string>>>;

/// <summary>Reads the tags of many versions in one statement.</summary>
internal sealed class VersionTagReader([FromKeyedServices(RegistryModule.ServiceName)] PlaneDatabase database)
{
    private const string PostgresSql = """
        SELECT t.model_key, t.version, t.key, t.value
        FROM unnest(@keys, @versions) AS wanted(model_key, version)
            JOIN model_version_tags t ON t.model_key = wanted.model_key AND t.version = wanted.version
        """;

    private const string SqliteSql = """
        SELECT t.model_key, t.version, t.key, t.value
        FROM json_each(@wanted) AS wanted
            JOIN model_version_tags t ON t.model_key = json_extract(wanted.value, '$[0]') AND t.version = json_extract(wanted.value, '$[1]')
        """;

    /// <summary>Tags by version, in key order; versions without tags are left out.</summary>
    public async Task<Tags> ReadAsync(IReadOnlyList<(long ModelKey, int Version)> versions, CancellationToken ct)
    {
        var tags = new Tags();
        if (versions.Count == 0)
            return tags;
        await using var connection = await database.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        Describe(command, versions);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var version = (reader.GetInt64(0), reader.GetInt32(1));
            if (!tags.TryGetValue(version, out var own))
                tags.Add(version, own = []);
            own.Add(new(reader.GetString(2), reader.GetString(3)));
        }

        foreach (var own in tags.Values)
            own.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        return tags;
    }

    private void Describe(DbCommand command, IReadOnlyList<(long ModelKey, int Version)> versions)
    {
        if (database.Provider == DatabaseProvider.Postgres)
        {
            command.CommandText = PostgresSql;
            command.Parameters.Add(new NpgsqlParameter("keys", versions.Select(version => version.ModelKey).ToArray()));
            command.Parameters.Add(new NpgsqlParameter("versions", versions.Select(version => version.Version).ToArray()));
            return;
        }

        command.CommandText = SqliteSql;
        var wanted = command.CreateParameter();
        wanted.ParameterName = "@wanted";
        wanted.Value = $"[{string.Join(',', versions.Select(version => string.Create(CultureInfo.InvariantCulture, $"[{version.ModelKey},{version.Version}]")))}]";
        command.Parameters.Add(wanted);
    }
}
