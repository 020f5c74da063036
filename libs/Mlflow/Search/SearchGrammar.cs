using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Primitives;

namespace MlopsPlane.Mlflow.Search;

/// <summary>
/// The search language of one kind of record: which keys, comparators and orders it knows, and MLflow's messages for
/// what it does not. Beyond MLflow: OR and parentheses (not for logged models), and IN for params and tags.
/// </summary>
public abstract class SearchGrammar
{
    /// <summary>Most fields that a search can be ordered by; each may cost a join.</summary>
    public const int MaxOrders = 30;

    public static SearchGrammar Runs { get; } = new RunGrammar();

    public static SearchGrammar Experiments { get; } = new ExperimentGrammar();

    public static SearchGrammar RegisteredModels { get; } = new RegisteredModelGrammar();

    public static SearchGrammar ModelVersions { get; } = new ModelVersionGrammar();

    public static SearchGrammar LoggedModels { get; } = new LoggedModelGrammar();

    /// <summary>Whether OR and parentheses are understood.</summary>
    internal virtual bool HasAlternatives => true;

    /// <summary>Parses and checks a filter; null when there is nothing to filter by.</summary>
    /// <exception cref="PlaneException">400 INVALID_PARAMETER_VALUE with MLflow's message.</exception>
    public FilterNode? ParseFilter(string? filter)
    {
        if (string.IsNullOrEmpty(filter))
            return null;
        return filter.Contains('\0')
            ? throw MlflowErrors.Invalid("Invalid filter string: it must not contain NUL characters.")
            : new FilterParser(this, filter).Parse();
    }

    /// <summary>Parses one order_by clause: a key and, after it, ASC (the default) or DESC in any case.</summary>
    /// <exception cref="PlaneException">400 INVALID_PARAMETER_VALUE with MLflow's message.</exception>
    public SearchOrder ParseOrder(string clause)
    {
        var (identifier, ascending) = OrderClause.Parse(clause);
        var (entity, key) = ResolveOrder(identifier.Trim());
        return new SearchOrder(entity, key, ascending);
    }

    /// <summary>The order of a field that came apart from its direction.</summary>
    /// <inheritdoc cref="ParseOrder"/>
    public SearchOrder Order(string field, bool ascending)
    {
        var (entity, key) = ResolveOrder(field);
        return new SearchOrder(entity, key, ascending);
    }

    /// <summary>Parses all order_by clauses and refuses a field that occurs twice.</summary>
    /// <inheritdoc cref="ParseOrder"/>
    public IReadOnlyList<SearchOrder> ParseOrders(IReadOnlyList<string> clauses)
    {
        if (clauses.Count > MaxOrders)
            throw MlflowErrors.Invalid($"Invalid value for parameter 'order_by' supplied: it holds more than {MaxOrders} fields.");
        var orders = new List<SearchOrder>(clauses.Count);
        foreach (var clause in clauses)
        {
            var order = ParseOrder(clause);
            if (orders.Exists(earlier => earlier.Entity == order.Entity && earlier.Key == order.Key))
                throw MlflowErrors.Invalid($"`order_by` contains duplicate fields: {PythonText.Repr(clauses)}");
            orders.Add(order);
        }

        return orders;
    }

    internal virtual PlaneException SeveralStatements(string repr) =>
        MlflowErrors.Invalid($"Search filter contained multiple expression {repr}. Provide AND-ed expression list.");

    internal virtual PlaneException InvalidClauses(string filter, IEnumerable<string> clauses) =>
        MlflowErrors.Invalid($"Invalid clause(s) in filter string: {string.Join(", ", clauses)}");

    /// <summary>The clause of a comparison, and what is wrong with its comparator: MLflow says that after everything else.</summary>
    internal abstract (FilterClause Clause, PlaneException? BadComparator) Compare(string identifier, string comparator, SqlNode value);

    internal abstract FilterClause NullTest(string identifier, SearchOperator test);

    private protected abstract (SearchEntity Entity, string Key) ResolveOrder(string identifier);

    /// <summary>A set as Python prints it, in the order given.</summary>
    private protected static string SetText(IEnumerable<string> values) => $"{{{string.Join(", ", values.Select(PythonText.Repr))}}}";

    /// <summary>Removes quotes, then backticks, around a key.</summary>
    private protected static string Unquote(string key)
    {
        var bare = IsWrapped(key, '\'') || IsWrapped(key, '"') ? key[1..^1] : key;
        return IsWrapped(bare, '`') ? bare[1..^1] : bare;
    }

    /// <summary>The text of a value that must be quoted.</summary>
    private protected static string QuotedText(SqlNode value)
    {
        var text = value.Text;
        return IsWrapped(text, '\'') || IsWrapped(text, '"')
            ? text[1..^1]
            : throw MlflowErrors.Invalid(
                $"Parameter value is either not quoted or unidentified quote types used for string value {text}. Use either single or double quotes.");
    }

    /// <summary>A value whose text may be quoted: a string literal, or a name, which double-quoted text is to a SQL parser.</summary>
    private protected static bool IsTextual(SqlNode value) => value.Is(SqlTokenKind.SingleQuoted) || value.Kind == SqlNodeKind.Identifier;

    private protected static bool IsWrapped(string text, char quote) => text.Length >= 2 && text[0] == quote && text[^1] == quote;

    /// <summary>A list of run ids or dataset fields: entries that are not lower case are ignored, as run ids are lower case.</summary>
    private protected static IReadOnlyList<string> LowerCaseItems(SqlNode list) =>
        [.. ListLiteral.Parse(list.Text).Where(item => item.Any(char.IsLower) && !item.Any(char.IsUpper))];
}
