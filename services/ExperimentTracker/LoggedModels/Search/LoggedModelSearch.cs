using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Search.Sql;
using MlopsPlane.Mlflow.Search;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.ExperimentTracker.LoggedModels.Search;

/// <summary>Finds the keys of the logged models of a page.</summary>
internal sealed class LoggedModelSearch([FromKeyedServices(TrackerModule.ServiceName)] PlaneDatabase database, ExperimentKeys experimentKeys)
{
    public async Task<SearchPage> FindAsync(LoggedModelQuery query, CancellationToken ct)
    {
        var command = new SearchCommand(database.Provider);
        var order = new LoggedModelOrderSql(command, query.Orders);
        var token = order.Keys.Parse(query.PageToken);
        await using var connection = await database.OpenAdHocAsync(ct);
        var experiments = await experimentKeys.FindAsync(connection, query.WorkspaceId, query.ExperimentIds, query.Gate, ct);
        if (experiments.Count == 0)
            return SearchPage.Empty;

        var conditions = new List<string>
        {
            command.OneOf("l.experiment_key", experiments),
            $"l.lifecycle_stage = {command.Add(Lifecycle.Active)}",
        };
        var metricClauses = 0;
        if (query.Filter is { } filter)
        {
            conditions.Add(FilterSql.Condition(filter, clause =>
            {
                metricClauses += clause.Entity == SearchEntity.Metric ? 1 : 0;
                return Condition(command, clause, query.Datasets);
            }));
        }

        // Datasets restrict the metrics of the filter; without any, they ask for some metric on one of them.
        if (query.Datasets.Count > 0 && metricClauses == 0)
            conditions.Add($"EXISTS (SELECT 1 FROM logged_model_metrics m WHERE m.model_key = l.model_key{OnOneOf(command, query.Datasets)})");
        if (order.Keys.After(command, token) is { } after)
            conditions.Add(after);
        await using var statement = command.Build(connection, $"""
            SELECT l.model_key, {order.Keys.Columns} FROM logged_models l {order.Joins}
            WHERE {string.Join(" AND ", conditions)}
            ORDER BY {order.Keys.OrderBy} LIMIT {command.Add(query.Limit + 1L)} OFFSET {command.Add(token?.Offset ?? 0)}
            """);
        return await SearchPage.ReadAsync(statement, order.Keys, query.Limit, ct);
    }

    private static string Condition(SearchCommand command, FilterClause clause, IReadOnlyList<DatasetChoice> datasets) => clause.Entity switch
    {
        SearchEntity.Metric => $"""
            EXISTS (SELECT 1 FROM logged_model_metrics m WHERE m.model_key = l.model_key AND m.key = {command.Add(clause.Key)}
              AND {command.CompareMetric("m", clause)}{OnOneOf(command, datasets)})
            """,
        SearchEntity.Parameter => Keyed(command, "logged_model_params", clause),
        SearchEntity.Tag => Keyed(command, "logged_model_tags", clause),
        _ => clause.Key switch
        {
            "creation_timestamp" => command.CompareInteger("l.creation_time", clause),
            "last_updated_timestamp" => command.CompareInteger("l.last_update_time", clause),
            "status" => CompareStatus(command, clause),
            _ => command.CompareText("l." + clause.Key, clause),
        },
    };

    private static string Keyed(SearchCommand command, string table, FilterClause clause) =>
        $"EXISTS (SELECT 1 FROM {table} t WHERE t.model_key = l.model_key AND t.key = {command.Add(clause.Key)} AND {command.CompareText("t.value", clause)})";

    private static string OnOneOf(SearchCommand command, IReadOnlyList<DatasetChoice> datasets) => datasets.Count == 0
        ? ""
        : $" AND ({string.Join(" OR ", datasets.Select(dataset => LoggedModelOrderSql.OnDataset(command, "m", dataset)))})";

    /// <summary>Clients know a status by its short name, the wire and the table by the long one; a pattern may mean either.</summary>
    private static string CompareStatus(SearchCommand command, FilterClause clause) => clause.Operator is SearchOperator.Like or SearchOperator.ILike
        ? $"({command.CompareText("l.status", clause)} OR {command.CompareText("REPLACE(REPLACE(l.status, 'LOGGED_MODEL_', ''), 'UPLOAD_', '')", clause)})"
        : command.CompareText("l.status", clause with { Text = clause.Text is { } text ? FullName(text) : null, Items = clause.Items?.Select(FullName).ToList() });

    private static string FullName(string status) => status switch
    {
        "PENDING" or "READY" or "UPLOAD_FAILED" => "LOGGED_MODEL_" + status,
        "FAILED" => "LOGGED_MODEL_UPLOAD_FAILED",
        _ => status,
    };
}
