namespace MlopsPlane.Mlflow.Search;

/// <summary>
/// Groups tokens as MLflow's SQL parser does, in its order: parentheses, calls, dotted names, names, orders,
/// operations, comparisons, aliases, lists. What a filter may hold is decided by what is left on the top level.
/// </summary>
internal static class SqlGrouping
{
    private const int MaxDepth = 50;

    /// <summary>The groups of a text without the white space between them; null when it nests too deep.</summary>
    public static List<SqlNode>? Group(string source)
    {
        var nodes = new List<SqlNode>();
        var at = 0;
        foreach (var token in SqlLexer.Tokenize(source))
        {
            if (token.Kind != SqlTokenKind.Whitespace)
                nodes.Add(new SqlNode(source, SqlNodeKind.Token, token.Kind, at, at + token.Text.Length));
            at += token.Text.Length;
        }

        return Parentheses(nodes) is { } nested ? Combine(nested) : null;
    }

    private static List<SqlNode>? Parentheses(List<SqlNode> nodes)
    {
        var open = new Stack<int>();
        var result = new List<SqlNode>();
        foreach (var node in nodes)
        {
            result.Add(node);
            if (node.Is(SqlTokenKind.Punctuation, "("))
            {
                if (open.Count == MaxDepth)
                    return null;
                open.Push(result.Count - 1);
            }
            else if (node.Is(SqlTokenKind.Punctuation, ")") && open.TryPop(out var start))
            {
                var inner = Combine(result[(start + 1)..^1]);
                var group = result[start].To(node, SqlNodeKind.Parenthesis, inner);
                result.RemoveRange(start, result.Count - start);
                result.Add(group);
            }
        }

        return result;
    }

    private static List<SqlNode> Combine(List<SqlNode> nodes)
    {
        nodes = Pairs(nodes, IsName, node => node.Kind == SqlNodeKind.Parenthesis, SqlNodeKind.Function);
        nodes = DottedNames(nodes);
        nodes = [.. nodes.Select(node => IsName(node) || node.Is(SqlTokenKind.DoubleQuoted) ? node.To(node, SqlNodeKind.Identifier) : node)];
        nodes = Pairs(nodes, node => node.Kind == SqlNodeKind.Identifier || node.IsNumber, node => node.Is(SqlTokenKind.Order), SqlNodeKind.Identifier);
        nodes = Infix(nodes, node => node.Is(SqlTokenKind.Operator) || node.Is(SqlTokenKind.Wildcard), IsOperand, SqlNodeKind.Operation);
        nodes = Infix(nodes, node => node.Is(SqlTokenKind.Comparison), IsOperand, SqlNodeKind.Comparison);
        nodes = Pairs(nodes, TakesAlias, node => node.Kind == SqlNodeKind.Identifier, SqlNodeKind.Identifier);
        return Infix(nodes, node => node.Is(SqlTokenKind.Punctuation, ","), IsListed, SqlNodeKind.List);
    }

    private static bool IsName(SqlNode node) => node.Is(SqlTokenKind.Name);

    private static bool IsOperand(SqlNode node) =>
        node.Kind is SqlNodeKind.Identifier or SqlNodeKind.Function or SqlNodeKind.Parenthesis or SqlNodeKind.Operation
        || node.IsNumber || node.Is(SqlTokenKind.SingleQuoted) || node.Is(SqlTokenKind.Keyword, "NULL");

    private static bool TakesAlias(SqlNode node) =>
        node.Kind is SqlNodeKind.Identifier or SqlNodeKind.Function or SqlNodeKind.Parenthesis or SqlNodeKind.Operation or SqlNodeKind.Comparison
        || node.IsNumber;

    private static bool IsListed(SqlNode node) =>
        node.Kind is not (SqlNodeKind.Token or SqlNodeKind.Parenthesis) || node.IsNumber || node.Is(SqlTokenKind.SingleQuoted) || node.Is(SqlTokenKind.Keyword);

    /// <summary>Joins each first with the second that directly follows it.</summary>
    private static List<SqlNode> Pairs(List<SqlNode> nodes, Func<SqlNode, bool> first, Func<SqlNode, bool> second, SqlNodeKind kind)
    {
        var result = new List<SqlNode>(nodes.Count);
        for (var i = 0; i < nodes.Count; i++)
        {
            var joins = first(nodes[i]) && i + 1 < nodes.Count && second(nodes[i + 1]);
            result.Add(joins ? nodes[i].To(nodes[i + 1], kind) : nodes[i]);
            if (joins)
                i++;
        }

        return result;
    }

    /// <summary>Joins operands with what stands between them; a group is itself the left operand of what follows.</summary>
    private static List<SqlNode> Infix(List<SqlNode> nodes, Func<SqlNode, bool> middle, Func<SqlNode, bool> operand, SqlNodeKind kind)
    {
        var result = new List<SqlNode>(nodes.Count);
        for (var i = 0; i < nodes.Count; i++)
        {
            if (middle(nodes[i]) && result.Count > 0 && (operand(result[^1]) || result[^1].Kind == kind)
                && i + 1 < nodes.Count && operand(nodes[i + 1]))
            {
                result[^1] = result[^1].To(nodes[i + 1], kind, [result[^1], nodes[i], nodes[i + 1]]);
                i++;
            }
            else
            {
                result.Add(nodes[i]);
            }
        }

        return result;
    }

    private static List<SqlNode> DottedNames(List<SqlNode> nodes)
    {
        var result = new List<SqlNode>(nodes.Count);
        for (var i = 0; i < nodes.Count; i++)
        {
            var dot = nodes[i].Is(SqlTokenKind.Punctuation, ".") && result.Count > 0
                && (IsName(result[^1]) || result[^1].Is(SqlTokenKind.DoubleQuoted) || result[^1].Kind == SqlNodeKind.Identifier);
            if (!dot)
            {
                result.Add(nodes[i]);
                continue;
            }

            // A dot with nothing usable behind it still belongs to the name before it.
            var next = i + 1 < nodes.Count && IsNamePart(nodes[i + 1]) ? nodes[++i] : nodes[i];
            result[^1] = result[^1].To(next, SqlNodeKind.Identifier);
        }

        return result;
    }

    private static bool IsNamePart(SqlNode node) =>
        IsName(node) || node.Is(SqlTokenKind.DoubleQuoted) || node.Is(SqlTokenKind.SingleQuoted) || node.Is(SqlTokenKind.Wildcard)
        || node.Kind == SqlNodeKind.Function;
}
