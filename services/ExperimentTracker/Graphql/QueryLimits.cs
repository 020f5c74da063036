using System.Globalization;
using GraphQL;
using GraphQLParser.AST;

namespace MlopsPlane.ExperimentTracker.Graphql;

/// <summary>How large a query may be, with MLflow's limits and words: each field may cost a query of the database.</summary>
internal static class QueryLimits
{
    private const int MaxRootFields = 10;
    private const int MaxAliases = 10;
    private const int MaxDepth = 10;
    private const int MaxSelections = 1000;

    /// <summary>Also what is said of a query that is too deep to be parsed.</summary>
    public static string TooDeep { get; } = $"Query exceeds maximum depth of {MaxDepth}";

    /// <summary>What is wrong with the query; null when it is within the limits.</summary>
    public static string? Complaint(GraphQLDocument document)
    {
        var fragments = document.Definitions.OfType<GraphQLFragmentDefinition>().ToLookup(fragment => fragment.FragmentName.Name.StringValue);
        var scan = new Scan(fragments);
        foreach (var definition in document.Definitions.OfType<IHasSelectionSetNode>())
        {
            scan.Start(definition.SelectionSet);
            if (scan.Refusal is { } refusal)
                return refusal;
        }

        return scan.RootFields > MaxRootFields ? TooMany(MaxRootFields, scan.RootFields, "root fields", "MLFLOW_SERVER_GRAPHQL_MAX_ROOT_FIELDS")
            : scan.Aliases > MaxAliases ? TooMany(MaxAliases, scan.Aliases, "aliases", "MLFLOW_SERVER_GRAPHQL_MAX_ALIASES")
            : null;
    }

    private static string TooMany(int limit, int count, string what, string variable) => string.Create(CultureInfo.InvariantCulture,
        $"GraphQL queries should have at most {limit} {what}, got {count} {what}. To increase the limit, set the {variable} environment variable.");

    private sealed class Scan(ILookup<string, GraphQLFragmentDefinition> fragments)
    {
        private readonly HashSet<string> open = new(StringComparer.Ordinal);
        private int selections;
        private int aliases;

        public string? Refusal { get; private set; }

        public int RootFields { get; private set; }

        /// <summary>The most aliases below one root field.</summary>
        public int Aliases { get; private set; }

        public void Start(GraphQLSelectionSet? root)
        {
            foreach (var selection in root?.Selections ?? [])
            {
                if (selection is GraphQLField)
                    RootFields++;
                aliases = 0;
                Visit(selection, depth: 1);
                Aliases = Math.Max(Aliases, aliases);
            }
        }

        private void Visit(ASTNode selection, int depth)
        {
            if (Refusal is not null)
                return;
            if (++selections > MaxSelections)
                Refusal = $"Query exceeds maximum total selections of {MaxSelections}";
            else if (depth > MaxDepth)
                Refusal = TooDeep;
            else if (selection is GraphQLField field)
            {
                aliases += field.Alias is null ? 0 : 1;
                VisitAll(field.SelectionSet, depth + 1);
            }
            else if (selection is GraphQLInlineFragment inline)
                VisitAll(inline.SelectionSet, depth);
            else if (selection is GraphQLFragmentSpread spread && open.Add(spread.FragmentName.Name.StringValue))
            {
                foreach (var fragment in fragments[spread.FragmentName.Name.StringValue])
                    VisitAll(fragment.SelectionSet, depth);
                open.Remove(spread.FragmentName.Name.StringValue);
            }
        }

        private void VisitAll(GraphQLSelectionSet? set, int depth)
        {
            foreach (var selection in set?.Selections ?? [])
                Visit(selection, depth);
        }
    }
}
