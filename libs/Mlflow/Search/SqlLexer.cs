using System.Collections.Frozen;

namespace MlopsPlane.Mlflow.Search;

/// <summary>
/// Cuts a filter or an order_by clause into the tokens that MLflow's own SQL tokenizer makes of it: which inputs are
/// accepted, and which message refuses the others, depends on where these cuts fall.
/// </summary>
internal static class SqlLexer
{
    private const string ComparisonSigns = "<>=~!";
    private const string OperatorSigns = "+/@#%^&|-";

    // Words that can stand in a filter and are not names there. A bare attribute that is none of these is a name.
    private static readonly FrozenSet<string> Keywords = new[]
    {
        "ALL", "AND", "ANY", "AS", "BETWEEN", "BY", "CASE", "DISTINCT", "ELSE", "END", "EXISTS", "FALSE", "FROM", "GROUP",
        "HAVING", "IN", "IS", "KEY", "LIMIT", "NONE", "NOT", "NULL", "OFFSET", "ON", "OR", "ORDER", "PARAMETER", "SELECT",
        "SOURCE", "THEN", "TRUE", "TYPE", "UNION", "USING", "VALUE", "VALUES", "WHEN", "WHERE", "WITH",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> LikeWords =
        new[] { "LIKE", "ILIKE", "RLIKE" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static IReadOnlyList<SqlToken> Tokenize(string text)
    {
        var tokens = new List<SqlToken>();
        for (var at = 0; at < text.Length;)
        {
            var token = Next(text, at);
            tokens.Add(token);
            at += token.Text.Length;
        }

        return tokens;
    }

    private static SqlToken Next(string text, int at)
    {
        var c = text[at];
        if (char.IsWhiteSpace(c))
            return Slice(SqlTokenKind.Whitespace, text, at, Run(text, at, char.IsWhiteSpace));
        if (NumberEnd(text, at) is var (end, kind) && end > at)
            return Slice(kind, text, at, end);
        if (IsWordPart(c))
            return Word(text, at);
        if (ComparisonSigns.Contains(c))
            return Slice(SqlTokenKind.Comparison, text, at, Run(text, at, ComparisonSigns.Contains));
        if (OperatorSigns.Contains(c))
            return Slice(SqlTokenKind.Operator, text, at, Run(text, at, OperatorSigns.Contains));
        return c switch
        {
            '`' => Quoted(text, at, SqlTokenKind.Name),
            '\'' => Quoted(text, at, SqlTokenKind.SingleQuoted),
            '"' => Quoted(text, at, SqlTokenKind.DoubleQuoted),
            '*' => Slice(SqlTokenKind.Wildcard, text, at, at + 1),
            ';' or ':' or '(' or ')' or '[' or ']' or ',' or '.' => Slice(SqlTokenKind.Punctuation, text, at, at + 1),
            _ => Slice(SqlTokenKind.Other, text, at, at + 1),
        };
    }

    private static SqlToken Slice(SqlTokenKind kind, string text, int start, int end) => new(kind, text[start..end]);

    private static int Run(string text, int at, Func<char, bool> belongs)
    {
        while (at < text.Length && belongs(text[at]))
            at++;
        return at;
    }

    private static bool IsWordPart(char c) => c == '_' || char.IsLetterOrDigit(c);

    /// <summary>End of a number, <c>at</c> when there is none: <c>-1</c>, <c>2.</c>, <c>.5</c>, <c>1.5e-3</c>, not <c>12ab</c>.</summary>
    private static (int End, SqlTokenKind Kind) NumberEnd(string text, int at)
    {
        var digits = text[at] == '-' ? at + 1 : at;
        var whole = Run(text, digits, char.IsAsciiDigit);
        var fraction = whole < text.Length && text[whole] == '.' ? Run(text, whole + 1, char.IsAsciiDigit) : whole;
        if (whole == digits && fraction < whole + 2)
            return (at, default);

        var exponent = fraction + 1 < text.Length && text[fraction] is 'e' or 'E' ? fraction + (text[fraction + 1] == '-' ? 2 : 1) : -1;
        var end = exponent < 0 ? fraction : Run(text, exponent, char.IsAsciiDigit);
        if (exponent >= 0 && end > exponent)
            return (end, SqlTokenKind.Float);
        if (fraction < text.Length && IsWordPart(text[fraction]))
            return (at, default);
        return (fraction, fraction == whole ? SqlTokenKind.Integer : SqlTokenKind.Float);
    }

    private static SqlToken Word(string text, int at)
    {
        var end = Run(text, at, c => IsWordPart(c) || c is '$' or '#');
        var word = Slice(SqlTokenKind.Name, text, at, end);

        // What stands beside a dot is part of a dotted name, whatever the word means elsewhere.
        var after = Run(text, end, char.IsWhiteSpace);
        if ((at > 0 && text[at - 1] == '.') || (after < text.Length && text[after] == '.'))
            return word;
        if (word.Is(SqlTokenKind.Name, "NOT") && after > end)
        {
            var second = Slice(SqlTokenKind.Name, text, after, Run(text, after, IsWordPart));
            if (LikeWords.Contains(second.Text) || second.Is(SqlTokenKind.Name, "NULL"))
                return Slice(LikeWords.Contains(second.Text) ? SqlTokenKind.Comparison : SqlTokenKind.Keyword, text, at, after + second.Text.Length);
        }

        return word with { Kind = KindOf(word.Text) };
    }

    private static SqlTokenKind KindOf(string word)
    {
        if (LikeWords.Contains(word))
            return SqlTokenKind.Comparison;
        if (word.Equals("ASC", StringComparison.OrdinalIgnoreCase) || word.Equals("DESC", StringComparison.OrdinalIgnoreCase))
            return SqlTokenKind.Order;
        return Keywords.Contains(word) ? SqlTokenKind.Keyword : SqlTokenKind.Name;
    }

    /// <summary>
    /// A quoted text ends at the first quote that is neither doubled nor escaped by a backslash; when there is none the
    /// last such quote closes it after all. One quote alone is a token of its own.
    /// </summary>
    private static SqlToken Quoted(string text, int at, SqlTokenKind kind)
    {
        var quote = text[at];
        var fallback = -1;
        for (var i = at + 1; i < text.Length; i++)
        {
            var next = i + 1 < text.Length ? text[i + 1] : '\0';
            if (text[i] == '\\' && quote != '`' && next == quote)
                fallback = ++i;
            else if (text[i] == quote && next == quote)
                fallback = i++;
            else if (text[i] == quote)
                return Slice(kind, text, at, i + 1);
        }

        return fallback < 0 ? Slice(SqlTokenKind.Other, text, at, at + 1) : Slice(kind, text, at, fallback + 1);
    }
}
