using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ExperimentTracker.Search.Sql;
using MlopsPlane.Hosting.Names;
using MlopsPlane.Mlflow.Search;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Search.Experiments;

/// <summary>What is searched for.</summary>
/// <param name="Stage">The lifecycle stage; null for every stage.</param>
/// <param name="Gate">Leaves out what the caller may not read; null when they may read all.</param>
internal sealed record ExperimentQuery(
    int WorkspaceId, FilterNode? Filter, string? Stage, IReadOnlyList<SearchOrder> Orders, int Limit, string? PageToken, NameGate? Gate);

/// <summary>Finds the keys of the experiments of a page.</summary>
internal sealed class ExperimentSearch([FromKeyedServices(TrackerModule.ServiceName)] PlaneDatabase database)
{
    private static readonly SortKey Newest = new("e.creation_time", Ascending: false, typeof(long));

    public async Task<SearchPage> FindAsync(ExperimentQuery query, CancellationToken ct)
    {
        var command = new SearchCommand(database.Provider);
        var keys = Keys(query.Orders);
        var token = keys.Parse(query.PageToken);
        var conditions = new List<string> { $"e.workspace_id = {command.Add(query.WorkspaceId)}" };
        if (query.Stage is { } stage)
            conditions.Add($"e.lifecycle_stage = {command.Add(stage)}");
        if (query.Filter is { } filter)
            conditions.Add(FilterSql.Condition(filter, clause => Condition(command, clause)));
        if (query.Gate is { } gate)
            conditions.Add(NameCondition.Sql("e.name", gate, database.Provider, command.Add));
        if (keys.After(command, token) is { } after)
            conditions.Add(after);
        await using var connection = await database.OpenAdHocAsync(ct);
        await using var statement = command.Build(connection, $"""
            SELECT e.experiment_key, {keys.Columns} FROM experiments e
            WHERE {string.Join(" AND ", conditions)}
            ORDER BY {keys.OrderBy} LIMIT {command.Add(query.Limit + 1L)} OFFSET {command.Add(token?.Offset ?? 0)}
            """);
        return await SearchPage.ReadAsync(statement, keys, query.Limit, ct);
    }

    /// <summary>MLflow breaks ties by the id, upwards in its default order and downwards in any other.</summary>
    private static SortKeys Keys(IReadOnlyList<SearchOrder> orders)
    {
        if (orders.Count == 0)
            return new SortKeys([Newest, IdKey(ascending: true)], orders);
        var keys = orders
            .Select(order => order.Key == "experiment_id"
                ? IdKey(order.Ascending)
                : new SortKey("e." + order.Key, order.Ascending, order.Key == "name" ? typeof(string) : typeof(long)))
            .ToList();
        if (!orders.Any(order => order.Key == "experiment_id"))
            keys.Add(IdKey(ascending: false));
        return new SortKeys(keys, orders);
    }

    private static SortKey IdKey(bool ascending) => new("e.experiment_id", ascending, typeof(long));

    private static string Condition(SearchCommand command, FilterClause clause)
    {
        if (clause.Entity == SearchEntity.Attribute)
            return clause.Key == "name" ? command.CompareText("e.name", clause) : command.CompareInteger("e." + clause.Key, clause);
        var row = $"SELECT 1 FROM experiment_tags t WHERE t.experiment_key = e.experiment_key AND t.key = {command.Add(clause.Key)}";
        return clause.Operator switch
        {
            SearchOperator.IsNull => $"NOT EXISTS ({row})",
            SearchOperator.IsNotNull => $"EXISTS ({row})",
            _ => $"EXISTS ({row} AND {command.CompareText("t.value", clause)})",
        };
    }
}
