namespace MlopsPlane.Mlflow.Search;

/// <summary>What the tokenizer's grouping made of a run of tokens.</summary>
internal enum SqlNodeKind
{
    Token,
    Identifier,
    Function,
    Parenthesis,
    Operation,
    Comparison,
    List,
}

/// <summary>A token or a group of them; its text is the slice of the source that it spans.</summary>
internal sealed class SqlNode(string source, SqlNodeKind kind, SqlTokenKind token, int start, int end, IReadOnlyList<SqlNode>? children = null)
{
    public SqlNodeKind Kind { get; } = kind;

    /// <summary>Of a <see cref="SqlNodeKind.Token"/> only.</summary>
    public SqlTokenKind Token { get; } = token;

    public int Start { get; } = start;

    public int End { get; } = end;

    /// <summary>Of a comparison: left, operator, right. Of a parenthesis: what stands in it.</summary>
    public IReadOnlyList<SqlNode> Children { get; } = children ?? [];

    public string Text => source[Start..End];

    public bool Is(SqlTokenKind token) => Kind == SqlNodeKind.Token && Token == token;

    public bool Is(SqlTokenKind token, string text) =>
        Is(token) && source.AsSpan(Start, End - Start).Equals(text, StringComparison.OrdinalIgnoreCase);

    public bool IsNumber => Is(SqlTokenKind.Integer) || Is(SqlTokenKind.Float);

    /// <summary>A group from this node to <paramref name="last"/>, with the text between them.</summary>
    public SqlNode To(SqlNode last, SqlNodeKind kind, IReadOnlyList<SqlNode>? children = null) =>
        new(source, kind, default, Start, last.End, children);
}
