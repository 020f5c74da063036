using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
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
    public async Task<SearchPage> FindAsync(RunQuery query, CancellationToken ct)
    {
        await using var connection = await database.OpenAdHocAsync(ct);
        var experiments = await ExperimentScope.KeysAsync(database.Provider, connection, query.WorkspaceId, query.ExperimentIds, ct);
        if (query is { Filter: null, Orders: [{ Entity: SearchEntity.Metric }, ..] })
        {
            // Runs with the metric come first. Where they fill the page, the others need not be looked at. A filter
            // may let few of them through, and then walking the index in its order costs more than sorting the few.
            var page = await FindAsync(connection, query, experiments, onlyWithFirstMetric: true, ct);
            if (page?.NextPageToken is not null)
                return page;
        }

        return await FindAsync(connection, query, experiments, onlyWithFirstMetric: false, ct) ?? SearchPage.Empty;
    }

    /// <summary>A page; null when it begins after the runs that have the metric, and only those are asked for.</summary>
    private async Task<SearchPage?> FindAsync(
        DbConnection connection, RunQuery query, IReadOnlyList<long> experiments, bool onlyWithFirstMetric, CancellationToken ct)
    {
        var command = new SearchCommand(database.Provider);
        var order = new RunOrderSql(command, query.Orders, experiments, onlyWithFirstMetric);
        var token = order.Keys.Parse(query.PageToken);
        var after = order.Keys.After(command, token);
        if (onlyWithFirstMetric && !order.Keys.MayFollow(token))
            return null;
        if (experiments.Count == 0)
            return SearchPage.Empty;

        var conditions = new List<string> { command.OneOf("r.experiment_key", experiments) };
        if (query.Stage is { } stage)
            conditions.Add($"r.lifecycle_stage = {command.Add(stage)}");
        if (query.Filter is { } filter)
            conditions.Add(new RunFilterSql(command, experiments).Condition(filter));
        if (after is not null)
            conditions.Add(after);
        await using var statement = command.Build(connection, $"""
            SELECT r.run_key, {order.Keys.Columns} FROM runs r {order.Joins}
            WHERE {string.Join(" AND ", conditions)}
            ORDER BY {order.Keys.OrderBy} LIMIT {command.Add(query.Limit + 1L)} OFFSET {command.Add(token?.Offset ?? 0)}
            """);
        return await SearchPage.ReadAsync(statement, order.Keys, query.Limit, ct);
    }
}
