using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Hosting.Names;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Search.Sql;

/// <summary>
/// The service's keys of experiments. They are looked up before a search, because a search within one known experiment
/// can follow an index's order, and remembered: an id always means the same experiment, also after that is gone.
/// </summary>
internal sealed class ExperimentKeys([FromKeyedServices(TrackerModule.ServiceName)] PlaneDatabase database)
{
    private const int MaxRemembered = 100_000;
    private readonly ConcurrentDictionary<(int WorkspaceId, long ExperimentId), long> known = new();

    /// <summary>Keys of the workspace's experiments with these ids; unknown ones are left out, and those that the caller may not read.</summary>
    /// <param name="gate">Names change, and so do grants: what it lets pass is looked up each time.</param>
    public async ValueTask<IReadOnlyList<long>> FindAsync(
        DbConnection connection, int workspaceId, IReadOnlyList<long> experimentIds, NameGate? gate, CancellationToken ct)
    {
        var keys = new List<long>(experimentIds.Count);
        if (gate is not null)
        {
            if (experimentIds.Count > 0)
                await LookUpAsync(connection, workspaceId, experimentIds, gate, keys, ct);
            return keys;
        }

        var unknown = new List<long>();
        foreach (var id in experimentIds)
        {
            if (known.TryGetValue((workspaceId, id), out var key))
                keys.Add(key);
            else
                unknown.Add(id);
        }

        if (unknown.Count > 0)
            await LookUpAsync(connection, workspaceId, unknown, gate: null, keys, ct);
        return keys;
    }

    private async Task LookUpAsync(DbConnection connection, int workspaceId, IReadOnlyList<long> ids, NameGate? gate, List<long> keys, CancellationToken ct)
    {
        if (known.Count > MaxRemembered)
            known.Clear();
        var command = new SearchCommand(database.Provider);
        var passes = gate is null ? "" : $" AND {NameCondition.Sql("name", gate, database.Provider, command.Add)}";
        await using var statement = command.Build(connection,
            $"SELECT experiment_id, experiment_key FROM experiments WHERE workspace_id = {command.Add(workspaceId)} AND {command.OneOf("experiment_id", ids)}{passes}");
        await using var rows = await statement.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            known[(workspaceId, rows.GetInt64(0))] = rows.GetInt64(1);
            keys.Add(rows.GetInt64(1));
        }
    }
}
