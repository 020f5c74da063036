using MlopsPlane.Mlflow.Search;

namespace MlopsPlane.ExperimentTracker.Search.Sql;

/// <summary>Turns the tree of a filter into a condition; what one clause says is asked of the kind of record.</summary>
internal static class FilterSql
{
    public static string Condition(FilterNode node, Func<FilterClause, string> clause) => node switch
    {
        AllOf all => $"({string.Join(" AND ", all.Parts.Select(part => Condition(part, clause)))})",
        AnyOf any => $"({string.Join(" OR ", any.Parts.Select(part => Condition(part, clause)))})",
        FilterClause one => $"({clause(one)})",
        _ => throw new ArgumentOutOfRangeException(nameof(node), node, "A filter has no other nodes."),
    };
}
