using System.Data.Common;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.ExperimentTracker.Search.Sql;

/// <summary>The experiments that a search looks in.</summary>
internal static class ExperimentScope
{
    /// <summary>
    /// The service's keys of the workspace's experiments with these ids; unknown ones are left out. They are looked up
    /// first because a search within one known experiment can follow an index's order.
    /// </summary>
    public static async Task<IReadOnlyList<long>> KeysAsync(
        DatabaseProvider provider, DbConnection connection, int workspaceId, IReadOnlyList<long> experimentIds, CancellationToken ct)
    {
        if (experimentIds.Count == 0)
            return [];
        var command = new SearchCommand(provider);
        await using var statement = command.Build(connection,
            $"SELECT experiment_key FROM experiments WHERE workspace_id = {command.Add(workspaceId)} AND {command.OneOf("experiment_id", experimentIds)}");
        var keys = new List<long>();
        await using var rows = await statement.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
            keys.Add(rows.GetInt64(0));
        return keys;
    }
}
