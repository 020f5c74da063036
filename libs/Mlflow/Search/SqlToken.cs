namespace MlopsPlane.Mlflow.Search;

/// <summary>What a piece of a filter is to a SQL tokenizer.</summary>
internal enum SqlTokenKind
{
    Whitespace,
    Name,
    Keyword,
    Order,
    Integer,
    Float,
    SingleQuoted,
    DoubleQuoted,
    Comparison,
    Operator,
    Wildcard,
    Punctuation,
    Other,
}

/// <summary>One token: a slice of the text.</summary>
internal readonly record struct SqlToken(SqlTokenKind Kind, string Text)
{
    public bool Is(SqlTokenKind kind, string text) =>
        Kind == kind && string.Equals(Text, text, StringComparison.OrdinalIgnoreCase);
}
