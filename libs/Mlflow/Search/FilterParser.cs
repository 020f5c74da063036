using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Primitives;

namespace MlopsPlane.Mlflow.Search;

/// <summary>Makes a tree of clauses out of a filter's groups; what a clause means is asked of the grammar.</summary>
internal sealed class FilterParser(SearchGrammar grammar, string filter)
{
    private const int MaxClauses = 100;

    private readonly List<SqlNode> invalid = [];
    private PlaneException? badComparator;
    private int clauses;

    /// <summary>The filter's tree; null when it holds no clause at all.</summary>
    public FilterNode? Parse()
    {
        // MLflow splits statements before it looks at any of them; a closing semicolon is a clause that is refused.
        if (HasSecondStatement())
            throw grammar.SeveralStatements(PythonText.Repr(filter));
        var nodes = SqlGrouping.Group(filter)
            ?? throw MlflowErrors.Invalid($"Invalid filter {PythonText.Repr(filter)}: its parentheses nest too deep.");
        var ors = Alternatives(JoinTests(nodes));
        if (invalid.Count > 0)
            throw grammar.InvalidClauses(filter, invalid.Select(node => node.Text));
        var tree = Build(ors);
        return badComparator is null ? tree : throw badComparator;
    }

    private bool HasSecondStatement()
    {
        var depth = 0;
        var ended = false;
        foreach (var token in SqlLexer.Tokenize(filter))
        {
            if (ended && token.Kind != SqlTokenKind.Whitespace)
                return true;
            depth += token.Is(SqlTokenKind.Punctuation, "(") ? 1 : token.Is(SqlTokenKind.Punctuation, ")") ? -1 : 0;
            ended |= depth <= 0 && token.Is(SqlTokenKind.Punctuation, ";");
        }

        return false;
    }

    /// <summary>Joins IN, NOT IN, IS NULL and IS NOT NULL with the name before them.</summary>
    private static List<SqlNode> JoinTests(IReadOnlyList<SqlNode> nodes)
    {
        var result = new List<SqlNode>(nodes.Count);
        for (var i = 0; i < nodes.Count; i++)
        {
            var length = nodes[i].Kind == SqlNodeKind.Identifier ? TestLength(nodes, i + 1) : 0;
            result.Add(length == 0 ? nodes[i] : nodes[i].To(nodes[i + length], SqlNodeKind.Comparison, [.. nodes.Skip(i).Take(length + 1)]));
            i += length;
        }

        return result;
    }

    private static int TestLength(IReadOnlyList<SqlNode> nodes, int at)
    {
        bool Keyword(int offset, string text) => at + offset < nodes.Count && nodes[at + offset].Is(SqlTokenKind.Keyword, text);
        bool List(int offset) => at + offset < nodes.Count && nodes[at + offset].Kind == SqlNodeKind.Parenthesis;
        bool NotNull() => at + 1 < nodes.Count && nodes[at + 1].Is(SqlTokenKind.Keyword)
            && nodes[at + 1].Text.StartsWith("NOT", StringComparison.OrdinalIgnoreCase) && nodes[at + 1].Text.Length > 3;
        if ((Keyword(0, "IN") && List(1)) || (Keyword(0, "IS") && (Keyword(1, "NULL") || NotNull())))
            return 2;
        return Keyword(0, "NOT") && Keyword(1, "IN") && List(2) ? 3 : 0;
    }

    /// <summary>Splits at OR; what is neither a clause, nor AND, nor a group in parentheses is collected as invalid.</summary>
    private List<List<Part>> Alternatives(List<SqlNode> nodes)
    {
        var all = new List<List<Part>> { new() };
        SqlNode? lastOr = null;
        foreach (var node in nodes)
        {
            if (node.Kind == SqlNodeKind.Comparison)
            {
                all[^1].Add(new Part(node, []));
            }
            else if (grammar.HasAlternatives && node.Kind == SqlNodeKind.Parenthesis && node.Children.Count > 0)
            {
                all[^1].Add(new Part(null, Alternatives(JoinTests(node.Children))));
            }
            else if (grammar.HasAlternatives && node.Is(SqlTokenKind.Keyword, "OR") && all[^1].Count > 0)
            {
                all.Add([]);
                lastOr = node;
            }
            else if (!node.Is(SqlTokenKind.Keyword, "AND"))
            {
                invalid.Add(node);
            }
        }

        if (lastOr is not null && all[^1].Count == 0)
            invalid.Add(lastOr);
        return all;
    }

    private FilterNode? Build(List<List<Part>> alternatives)
    {
        var nodes = alternatives.Select(All).OfType<FilterNode>().ToList();
        return nodes.Count > 1 ? new AnyOf(nodes) : nodes.SingleOrDefault();
    }

    private FilterNode? All(List<Part> parts)
    {
        var nodes = parts.Select(part => part.Clause is { } clause ? Clause(clause) : Build(part.Group)).OfType<FilterNode>().ToList();
        return nodes.Count > 1 ? new AllOf(nodes) : nodes.SingleOrDefault();
    }

    private FilterClause Clause(SqlNode comparison)
    {
        if (++clauses > MaxClauses)
            throw MlflowErrors.Invalid($"Invalid filter string: it holds more than {MaxClauses} clauses.");
        var parts = comparison.Children;
        if (parts[0].Kind != SqlNodeKind.Identifier)
            throw MlflowErrors.Invalid($"Invalid comparison clause. Expected 'Identifier' found '{parts[0].Text}'");
        if (parts[1].Is(SqlTokenKind.Keyword, "IS"))
            return grammar.NullTest(parts[0].Text, parts[2].Is(SqlTokenKind.Keyword, "NULL") ? SearchOperator.IsNull : SearchOperator.IsNotNull);

        var comparator = parts.Count == 4 ? "NOT IN" : string.Join(' ', parts[1].Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var (clause, refusal) = grammar.Compare(parts[0].Text, comparator, parts[^1]);
        badComparator ??= refusal;
        return clause;
    }

    /// <summary>A clause, or the alternatives of a group in parentheses.</summary>
    private sealed record Part(SqlNode? Clause, List<List<Part>> Group);
}
