using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Search.Sql;
using MlopsPlane.Mlflow.Search;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.ExperimentTracker.Search.Runs;

/// <summary>What is searched for.</summary>
/// <param name="Stage">The lifecycle stage of the runs; null for every stage.</param>
internal sealed record RunQuery(
    int WorkspaceId, IReadOnlyList<long> ExperimentIds, FilterNode? Filter, string? Stage, IReadOnlyList<SearchOrder> Orders, int Limit, string? PageToken);

/// <summary>Finds the keys of the runs of a page.</summary>
internal sealed class RunSearch([FromKeyedServices(TrackerModule.ServiceName)] PlaneDatabase database)
{
    /// <summary>Keys in order, and the token of the page after them when there is one.</summary>
    public async Task<(IReadOnlyList<long> RunKeys, string? NextPageToken)> FindAsync(RunQuery query, CancellationToken ct)
    {
        var command = new SearchCommand(database.Provider);
        var order = new RunOrderSql(command, query.Orders);
        var token = order.Keys.Parse(query.PageToken);
        await using var connection = await database.OpenAsync(ct);
        var experiments = await ExperimentKeysAsync(connection, query, ct);
        if (experiments.Count == 0)
            return ([], null);

        var conditions = new List<string> { command.OneOf("r.experiment_key", experiments) };
        if (query.Stage is { } stage)
            conditions.Add($"r.lifecycle_stage = {command.Add(stage)}");
        if (query.Filter is { } filter)
            conditions.Add(new RunFilterSql(command, experiments).Condition(filter));
        if (order.Keys.After(command, token) is { } after)
            conditions.Add(after);
        await using var statement = command.Build(connection, $"""
            SELECT r.run_key, {order.Keys.Columns} FROM runs r {order.Joins}
            WHERE {string.Join(" AND ", conditions)}
            ORDER BY {order.Keys.OrderBy} LIMIT {command.Add(query.Limit + 1L)} OFFSET {command.Add(token?.Offset ?? 0)}
            """);
        return await ReadAsync(statement, order.Keys, query.Limit, ct);
    }

    private static async Task<(IReadOnlyList<long> RunKeys, string? NextPageToken)> ReadAsync(
        DbCommand statement, SortKeys keys, int limit, CancellationToken ct)
    {
        var found = new List<long>();
        object?[]? last = null;
        await using var rows = await statement.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            if (found.Count == limit)
                return (found, keys.TokenAfter(last!));
            found.Add(rows.GetInt64(0));
            if (found.Count == limit)
                last = keys.Read(rows, first: 1);
        }

        return (found, null);
    }

    private async Task<List<long>> ExperimentKeysAsync(DbConnection connection, RunQuery query, CancellationToken ct)
    {
        if (query.ExperimentIds.Count == 0)
            return [];
        var command = new SearchCommand(database.Provider);
        await using var statement = command.Build(connection,
            $"SELECT experiment_key FROM experiments WHERE workspace_id = {command.Add(query.WorkspaceId)} AND {command.OneOf("experiment_id", query.ExperimentIds)}");
        var keys = new List<long>();
        await using var rows = await statement.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
            keys.Add(rows.GetInt64(0));
        return keys;
    }
}
