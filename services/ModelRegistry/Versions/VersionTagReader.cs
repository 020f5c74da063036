using MlopsPlane.ModelRegistry.Storage;
using TagsByVersion = System.Collections.Generic.Dictionary<(long ModelKey, int Version), System.Collections.Generic.List<System.Collections.Generic.KeyValuePair<string, string>>>;

namespace MlopsPlane.ModelRegistry.Versions;

/// <summary>Reads the tags of many versions in one statement.</summary>
internal sealed class VersionTagReader(RegistryStatements statements)
{
    /// <summary>Tags by version, in key order; versions without tags are left out.</summary>
    public async Task<TagsByVersion> ReadAsync(IReadOnlyList<(long ModelKey, int Version)> versions, CancellationToken ct)
    {
        var tags = new TagsByVersion();
        if (versions.Count == 0)
            return tags;
        await using var connection = await statements.Database.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        statements.SelectTagsOf(command, versions);
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
}
