using MlopsPlane.Mlflow.Search;
using MlopsPlane.ModelRegistry.Tags;

namespace MlopsPlane.ModelRegistry.Finding;

/// <summary>
/// Prompts live among the registered models, and searches leave them out unless their filter asks for prompts. A filter
/// that asks for the opposite is taken out: models carry no such tag that it could match.
/// </summary>
internal static class PromptRule
{
    /// <summary>The filter to apply and whether prompts are to be left out.</summary>
    public static (FilterNode? Filter, bool ExcludePrompts) Apply(FilterNode? filter)
    {
        if (First(filter) is not { } clause)
            return (filter, true);
        var wanted = clause.Operator switch
        {
            SearchOperator.Equal => Says(clause, "true"),
            SearchOperator.NotEqual => Says(clause, "false"),
            _ => false,
        };
        return wanted ? (filter, false) : (Without(filter!), true);
    }

    private static bool Says(FilterClause clause, string value) => string.Equals(clause.Text, value, StringComparison.OrdinalIgnoreCase);

    private static bool IsPromptClause(FilterNode node) => node is FilterClause { Entity: SearchEntity.Tag, Key: TagRules.IsPrompt };

    private static FilterClause? First(FilterNode? node) => node switch
    {
        FilterClause clause when IsPromptClause(clause) => clause,
        AllOf all => all.Parts.Select(First).FirstOrDefault(found => found is not null),
        AnyOf any => any.Parts.Select(First).FirstOrDefault(found => found is not null),
        _ => null,
    };

    private static FilterNode? Without(FilterNode node)
    {
        if (IsPromptClause(node))
            return null;
        var parts = (node as AllOf)?.Parts ?? (node as AnyOf)?.Parts;
        if (parts is null)
            return node;
        var kept = parts.Select(Without).OfType<FilterNode>().ToList();
        return kept.Count switch
        {
            0 => null,
            1 => kept[0],
            _ => node is AllOf ? new AllOf(kept) : new AnyOf(kept),
        };
    }
}
