using MlopsPlane.ExperimentTracker.Search.Sql;
using MlopsPlane.Mlflow.Search;

namespace MlopsPlane.ExperimentTracker.Search.Runs;

/// <summary>
/// The order of runs: the clauses given, missing values last in both directions with NaN just before them, then the
/// newest first, then the id.
/// </summary>
internal sealed class RunOrderSql
{
    private readonly List<SortKey> keys = [];
    private readonly List<string> joins = [];
    private readonly IReadOnlyList<long> experimentKeys;
    private readonly bool onlyWithFirstMetric;

    /// <param name="onlyWithFirstMetric">
    /// Leave out the runs that have no number for the metric that orders first: the index on metrics then gives the
    /// order, and a page costs what it holds and not what the experiment holds.
    /// </param>
    public RunOrderSql(SearchCommand command, IReadOnlyList<SearchOrder> orders, IReadOnlyList<long> experimentKeys, bool onlyWithFirstMetric)
    {
        this.experimentKeys = experimentKeys;
        this.onlyWithFirstMetric = onlyWithFirstMetric;
        foreach (var order in orders)
            Add(command, order);
        if (!orders.Any(order => order is { Entity: SearchEntity.Attribute, Key: "start_time" }))
            keys.Add(new SortKey("r.start_time", Ascending: false, typeof(long), Leads: true));
        keys.Add(new SortKey("r.run_id", Ascending: true, typeof(string)));
        Keys = new SortKeys(keys, orders);
    }

    public SortKeys Keys { get; }

    /// <summary>Joins that bring the values that runs are ordered by; each finds at most one row a run.</summary>
    public string Joins => string.Join(' ', joins);

    private void Add(SearchCommand command, SearchOrder order)
    {
        switch (order.Entity)
        {
            case SearchEntity.Metric:
                AddMetric(command, order);
                break;
            case SearchEntity.Parameter or SearchEntity.Tag:
                var text = Join(command, order.Entity == SearchEntity.Tag ? "tags" : "params", order.Key);
                AddRanked($"CASE WHEN {text}.value IS NULL THEN 1 ELSE 0 END", $"{text}.value", order, typeof(string));
                break;
            default:
                AddColumn(order);
                break;
        }
    }

    private void AddMetric(SearchCommand command, SearchOrder order)
    {
        var first = onlyWithFirstMetric && joins.Count == 0;
        var metric = Join(command, "latest_metrics", order.Key, inner: first);
        if (first)
        {
            keys.Add(new SortKey("0", Ascending: true, typeof(long), Same: true));
            keys.Add(new SortKey($"{metric}.value", order.Ascending, typeof(double), Leads: true));
        }
        else
        {
            AddRanked($"CASE WHEN {metric}.is_nan = TRUE THEN 1 WHEN {metric}.value IS NULL THEN 2 ELSE 0 END", $"{metric}.value", order, typeof(double));
        }
    }

    private void AddColumn(SearchOrder order)
    {
        if (order.Key == "end_time")
            AddRanked("CASE WHEN r.end_time IS NULL THEN 1 ELSE 0 END", "r.end_time", order, typeof(long));
        else if (order.Key == "start_time")
            keys.Add(new SortKey("r.start_time", order.Ascending, typeof(long), Leads: true));
        else
            keys.Add(new SortKey(order.Key == "run_name" ? "r.name" : "r." + order.Key, order.Ascending, typeof(string)));
    }

    private void AddRanked(string rank, string value, SearchOrder order, Type type)
    {
        keys.Add(new SortKey(rank, Ascending: true, typeof(long)));
        keys.Add(new SortKey(value, order.Ascending, type));
    }

    private string Join(SearchCommand command, string table, string key, bool inner = false)
    {
        var alias = $"o{joins.Count}";
        var condition = $"{alias}.run_key = r.run_key AND {command.OneOf($"{alias}.experiment_key", experimentKeys)} AND {alias}.key = {command.Add(key)}";
        joins.Add(inner ? $"JOIN {table} {alias} ON {condition} AND {alias}.is_nan = FALSE" : $"LEFT JOIN {table} {alias} ON {condition}");
        return alias;
    }
}
