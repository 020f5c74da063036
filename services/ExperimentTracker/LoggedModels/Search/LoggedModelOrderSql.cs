using MlopsPlane.ExperimentTracker.Search.Sql;
using MlopsPlane.Mlflow.Search;

namespace MlopsPlane.ExperimentTracker.LoggedModels.Search;

/// <summary>The order of logged models: the fields given with missing values last, then the newest first.</summary>
internal sealed class LoggedModelOrderSql
{
    private readonly List<SortKey> keys = [];
    private readonly List<string> joins = [];

    public LoggedModelOrderSql(SearchCommand command, IReadOnlyList<LoggedModelOrder> orders)
    {
        bool? byCreation = null;
        foreach (var order in orders)
        {
            if (order.Order is { Entity: SearchEntity.Attribute, Key: "creation_timestamp" })
                byCreation ??= order.Order.Ascending;
            Add(command, order);
        }

        if (byCreation is null)
            keys.Add(new SortKey("l.creation_time", Ascending: false, typeof(long)));
        // Models of one millisecond come in the order of their creation as well.
        keys.Add(new SortKey("l.model_key", byCreation ?? false, typeof(long)));
        Keys = new SortKeys(keys, orders.Select(order => order.Order));
    }

    public SortKeys Keys { get; }

    public string Joins => string.Join(' ', joins);

    /// <summary>The condition that a metric was measured on a dataset; empty when any will do.</summary>
    public static string OnDataset(SearchCommand command, string table, DatasetChoice dataset)
    {
        var conditions = new List<string>();
        if (dataset.Name is { } name)
            conditions.Add($"{table}.dataset_name = {command.Add(name)}");
        if (dataset.Digest is { } digest)
            conditions.Add($"{table}.dataset_digest = {command.Add(digest)}");
        return string.Join(" AND ", conditions);
    }

    private void Add(SearchCommand command, LoggedModelOrder item)
    {
        var order = item.Order;
        if (order.Entity == SearchEntity.Metric)
        {
            AddMetric(command, item);
            return;
        }

        var (column, type) = order.Key switch
        {
            "creation_timestamp" => ("l.creation_time", typeof(long)),
            "last_updated_timestamp" => ("l.last_update_time", typeof(long)),
            _ => ("l." + order.Key, typeof(string)),
        };
        if (order.Key is "model_type" or "source_run_id")
            keys.Add(new SortKey($"CASE WHEN {column} IS NULL THEN 1 ELSE 0 END", Ascending: true, typeof(long)));
        keys.Add(new SortKey(column, order.Ascending, type));
    }

    /// <summary>The model's latest value of the metric, by time and step.</summary>
    private void AddMetric(SearchCommand command, LoggedModelOrder item)
    {
        var alias = $"o{joins.Count}";
        var dataset = OnDataset(command, "m", item.Dataset);
        joins.Add($"""
            LEFT JOIN logged_model_metrics {alias} ON {alias}.model_key = l.model_key AND {alias}.key = {command.Add(item.Order.Key)}
              AND ({alias}.timestamp, {alias}.step, {alias}.run_id) =
                (SELECT m.timestamp, m.step, m.run_id FROM logged_model_metrics m
                 WHERE m.model_key = l.model_key AND m.key = {command.Add(item.Order.Key)}{(dataset.Length > 0 ? " AND " + dataset : "")}
                 ORDER BY m.timestamp DESC, m.step DESC, m.run_id DESC LIMIT 1)
            """);
        keys.Add(new SortKey($"CASE WHEN {alias}.is_nan = TRUE THEN 1 WHEN {alias}.value IS NULL THEN 2 ELSE 0 END", Ascending: true, typeof(long)));
        keys.Add(new SortKey($"{alias}.value", item.Order.Ascending, typeof(double)));
    }
}
