using MlopsPlane.Mlflow.Search;

namespace MlopsPlane.ModelRegistry.Finding;

/// <summary>Writes a parsed filter as a SQL condition.</summary>
/// <param name="columns">Column of each attribute key.</param>
/// <param name="tagRow">Table of the tags and how its rows belong to the record, e.g. <c>tags t WHERE t.model_key = m.model_key</c>.</param>
internal sealed class FilterSql(IReadOnlyDictionary<string, string> columns, string tagRow)
{
    private const int MaxDepth = 200;

    public void Write(SqlText sql, FilterNode node, int depth = 0)
    {
        if (depth > MaxDepth)
            throw Mlflow.Errors.MlflowErrors.Invalid("Invalid filter string: its parentheses are nested too deeply.");
        switch (node)
        {
            case AllOf all:
                WriteJoined(sql, all.Parts, " AND ", depth);
                break;
            case AnyOf any:
                WriteJoined(sql, any.Parts, " OR ", depth);
                break;
            case FilterClause { Entity: SearchEntity.Tag } tag:
                sql.Append("EXISTS (SELECT 1 FROM ").Append(tagRow).Append(" AND t.key = ").AppendValue(tag.Key).Append(" AND ");
                Compare(sql, "t.value", tag);
                sql.Append(")");
                break;
            case FilterClause clause:
                Compare(sql, columns[clause.Key], clause);
                break;
        }
    }

    private static void Compare(SqlText sql, string column, FilterClause clause)
    {
        switch (clause.Operator)
        {
            case SearchOperator.Like:
                sql.Append(column).Append(" LIKE ").AppendValue(clause.Text!).Append(sql.NoEscape);
                break;
            case SearchOperator.ILike:
                // Both sides without ASCII case: the one folding that every database and Python agree on.
                sql.Append("lower(").Append(column).Append(") LIKE ").AppendValue(AsciiLower(clause.Text!)).Append(sql.NoEscape);
                break;
            case SearchOperator.In:
                WriteList(sql, column, clause.Items!);
                break;
            // As on MLflow's databases, nothing compares with NaN; neither of ours takes it as a value alike.
            case var _ when clause.Number is { } number && double.IsNaN(number):
                sql.Append("1 = 0");
                break;
            default:
                sql.Append(column).Append(Symbol(clause.Operator)).AppendValue((object?)clause.Text ?? clause.Number!.Value);
                break;
        }
    }

    private static string AsciiLower(string text) => string.Create(text.Length, text, static (span, source) =>
    {
        for (var i = 0; i < span.Length; i++)
            span[i] = char.IsAsciiLetterUpper(source[i]) ? (char)(source[i] | 0x20) : source[i];
    });

    private static void WriteList(SqlText sql, string column, IReadOnlyList<string> items)
    {
        if (items.Count == 0)
        {
            sql.Append("1 = 0");
            return;
        }

        sql.Append(column).Append(" IN (");
        for (var i = 0; i < items.Count; i++)
            sql.Append(i == 0 ? "" : ", ").AppendValue(items[i]);
        sql.Append(")");
    }

    private static string Symbol(SearchOperator comparison) => comparison switch
    {
        SearchOperator.Equal => " = ",
        SearchOperator.NotEqual => " <> ",
        SearchOperator.Greater => " > ",
        SearchOperator.GreaterOrEqual => " >= ",
        SearchOperator.Less => " < ",
        SearchOperator.LessOrEqual => " <= ",
        _ => throw new ArgumentOutOfRangeException(nameof(comparison), comparison, "The grammar of the registry lets no such comparator through."),
    };

    private void WriteJoined(SqlText sql, IReadOnlyList<FilterNode> parts, string word, int depth)
    {
        sql.Append("(");
        for (var i = 0; i < parts.Count; i++)
        {
            sql.Append(i == 0 ? "" : word);
            Write(sql, parts[i], depth + 1);
        }

        sql.Append(")");
    }
}
