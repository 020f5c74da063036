using MlopsPlane.Mlflow.Search;

namespace MlopsPlane.ExperimentTracker.Search.Sql;

/// <summary>Turns the tree of a filter into a condition; what one clause says is asked of the kind of record.</summary>
internal static class FilterSql
{
    /// <summary>Clauses up to which PostgreSQL may plan each look-up as a join; the time to plan grows with their cube.</summary>
    private const int MaxJoins = 12;

    public static string Condition(FilterNode filter, Func<FilterClause, string> clause) =>
        Count(filter) <= MaxJoins
            ? Write(filter, clause)
            // A look-up under OR stays a look-up.
            : Write(filter, one => $"({clause(one)}) OR FALSE");

    private static string Write(FilterNode node, Func<FilterClause, string> clause) => node switch
    {
        AllOf all => $"({string.Join(" AND ", all.Parts.Select(part => Write(part, clause)))})",
        AnyOf any => $"({string.Join(" OR ", any.Parts.Select(part => Write(part, clause)))})",
        FilterClause one => $"({clause(one)})",
        _ => throw new ArgumentOutOfRangeException(nameof(node), node, "A filter has no other nodes."),
    };

    private static int Count(FilterNode node) => node switch
    {
        AllOf all => all.Parts.Sum(Count),
        AnyOf any => any.Parts.Sum(Count),
        _ => 1,
    };
}
