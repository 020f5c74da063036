using MlopsPlane.ExperimentTracker.Search.Sql;
using MlopsPlane.Mlflow.Search;

namespace MlopsPlane.ExperimentTracker.Search.Runs;

/// <summary>Conditions on <c>runs r</c>. A run without the key that a clause names satisfies no comparison with it.</summary>
internal sealed class RunFilterSql(SearchCommand command, IReadOnlyList<long> experimentKeys)
{
    private const string RunNameTag = "mlflow.runName";
    private const string DatasetContext = "mlflow.data.context";

    public string Condition(FilterNode filter) => FilterSql.Condition(filter, Clause);

    private string Clause(FilterClause clause) => clause.Entity switch
    {
        SearchEntity.Attribute => Attribute(clause),
        SearchEntity.Metric => Metric(clause),
        SearchEntity.Parameter => Keyed("params", clause),
        SearchEntity.Tag => Keyed("tags", clause),
        _ => Dataset(clause),
    };

    private string Attribute(FilterClause clause) => clause.Key switch
    {
        "start_time" or "end_time" => command.CompareInteger("r." + clause.Key, clause),
        // MLflow compares the tag, which always equals the column while it is there.
        "run_name" when IsIndexed(clause) => Keyed("tags", clause with { Key = RunNameTag }),
        "run_name" => $"{command.CompareText("r.name", clause)} AND EXISTS (SELECT 1 FROM tags t WHERE t.run_key = r.run_key AND t.key = {command.Add(RunNameTag)})",
        _ => command.CompareText("r." + clause.Key, clause),
    };

    private string Metric(FilterClause clause) => $"""
        r.run_key IN (SELECT m.run_key FROM latest_metrics m
          WHERE {command.OneOf("m.experiment_key", experimentKeys)} AND m.key = {command.Add(clause.Key)} AND {command.CompareMetric("m", clause)})
        """;

    private string Keyed(string table, FilterClause clause)
    {
        if (IsIndexed(clause))
            return $"""
                r.run_key IN (SELECT t.run_key FROM {table} t
                  WHERE {command.OneOf("t.experiment_key", experimentKeys)} AND t.key = {command.Add(clause.Key)} AND {command.EqualsIndexed("t.value", clause)})
                """;
        var row = $"SELECT 1 FROM {table} t WHERE t.run_key = r.run_key AND t.key = {command.Add(clause.Key)}";
        return clause.Operator switch
        {
            SearchOperator.IsNull => $"NOT EXISTS ({row})",
            SearchOperator.IsNotNull => $"EXISTS ({row})",
            _ => $"EXISTS ({row} AND {command.CompareText("t.value", clause)})",
        };
    }

    /// <summary>The index on values finds the few that are meant; for every other comparison each run's own value is looked up.</summary>
    private static bool IsIndexed(FilterClause clause) => clause.Operator is SearchOperator.Equal or SearchOperator.In;

    private string Dataset(FilterClause clause)
    {
        var uses = $"""
            r.run_key IN (SELECT i.run_key FROM datasets d JOIN dataset_inputs i ON i.dataset_key = d.dataset_key
            """;
        var scope = command.OneOf("d.experiment_key", experimentKeys);
        return clause.Key == "context"
            ? $"{uses} JOIN input_tags c ON c.input_key = i.input_key AND c.key = {command.Add(DatasetContext)} WHERE {scope} AND {command.CompareText("c.value", clause)})"
            : $"{uses} WHERE {scope} AND {command.CompareText("d." + clause.Key, clause)})";
    }
}
