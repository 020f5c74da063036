using System.Data.Common;
using MlopsPlane.ExperimentTracker.Search.Sql;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.ExperimentTracker.Search.Runs;

/// <summary>The statement that finds a page of runs: rows of a run's key and its sort keys, one more than the page has.</summary>
internal sealed class RunStatement
{
    private readonly SearchCommand command;
    private readonly string text;

    private RunStatement(SearchCommand command, string text, SortKeys keys) => (this.command, this.text, Keys) = (command, text, keys);

    public SortKeys Keys { get; }

    /// <summary>
    /// The statement of a query; null when no run can be found: there are no experiments to look in, or the page begins
    /// after the runs that have the first metric and only those are asked for.
    /// </summary>
    /// <param name="experiments">The service's keys of the query's experiments.</param>
    /// <exception cref="Primitives.PlaneException">400: the page token is malformed or of another order.</exception>
    public static RunStatement? Of(DatabaseProvider provider, RunQuery query, IReadOnlyList<long> experiments, bool onlyWithFirstMetric)
    {
        var built = new SearchCommand(provider);
        var order = new RunOrderSql(built, query.Orders, experiments, onlyWithFirstMetric);
        var token = order.Keys.Parse(query.PageToken);
        var after = order.Keys.After(built, token);
        if (experiments.Count == 0 || (onlyWithFirstMetric && !order.Keys.MayFollow(token)))
            return null;

        var conditions = new List<string> { built.OneOf("r.experiment_key", experiments) };
        if (query.Stage is { } stage)
            conditions.Add($"r.lifecycle_stage = {built.Add(stage)}");
        if (query.Filter is { } filter)
            conditions.Add(new RunFilterSql(built, experiments).Condition(filter));
        if (after is not null)
            conditions.Add(after);
        return new RunStatement(built, $"""
            SELECT r.run_key, {order.Keys.Columns} FROM runs r {order.Joins}
            WHERE {string.Join(" AND ", conditions)}
            ORDER BY {order.Keys.OrderBy} LIMIT {built.Add(query.Limit + 1L)} OFFSET {built.Add(token?.Offset ?? 0)}
            """, order.Keys);
    }

    /// <summary>The statement on an open connection of its provider.</summary>
    public DbCommand Build(DbConnection connection) => command.Build(connection, text);
}
