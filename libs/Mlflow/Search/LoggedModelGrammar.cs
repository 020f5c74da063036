using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Primitives;

namespace MlopsPlane.Mlflow.Search;

/// <summary>The language of <c>logged-models/search</c>, which MLflow reads with a parser and messages of its own.</summary>
internal sealed class LoggedModelGrammar : SearchGrammar
{
    private static readonly string[] Keys =
    [
        "name", "model_id", "model_type", "status", "source_run_id", "creation_time", "creation_timestamp", "last_updated_timestamp",
        "creation_timestamp_ms", "last_updated_timestamp_ms", "last_updated_time",
    ];

    private const string NumericComparators = "('<', '<=', '>', '>=', '=', '!=')";
    private const string TextComparators = "('=', '!=', 'LIKE', 'ILIKE', 'IN', 'NOT IN')";

    internal override bool HasAlternatives => false;

    internal override PlaneException SeveralStatements(string repr) =>
        MlflowErrors.Invalid($"Invalid filter string: {repr}. Expected a single SQL expression.");

    internal override PlaneException InvalidClauses(string filter, IEnumerable<string> clauses) => MlflowErrors.Invalid(
        $"Invalid filter string: {PythonText.Repr(filter)}. Expected a list of comparisons separated by 'AND' (e.g. 'metrics.loss > 0.1 AND params.lr = 0.01').");

    internal override FilterClause NullTest(string identifier, SearchOperator test) => throw MlflowErrors.Invalid(
        $"Invalid comparison: {identifier} {(test == SearchOperator.IsNull ? "IS NULL" : "IS NOT NULL")}. Expected a comparison with 3 tokens.");

    internal override (FilterClause Clause, PlaneException? BadComparator) Compare(string identifier, string comparator, SqlNode value)
    {
        var (entity, key) = Resolve(identifier);
        var numeric = entity == SearchEntity.Metric || (entity == SearchEntity.Attribute && IsTime(key));
        if (!(numeric ? Comparators.Numeric : Comparators.TextOrList).Allows(comparator))
        {
            throw MlflowErrors.Invalid(
                $"Invalid comparison operator for {Name(entity)}.{key}: {PythonText.Repr(comparator)}. Expected one of {(numeric ? NumericComparators : TextComparators)}.");
        }

        var clause = new FilterClause(entity, key, Comparators.Of(comparator));
        if (numeric)
            return (clause with { Number = NumberOf(value) }, null);
        return Comparators.IsList(comparator)
            ? (clause with { Items = ListLiteral.Parse(value.Text) }, null)
            : (clause with { Text = value.Text.Trim('\'') is var text && IsWrapped(text, '"') ? text[1..^1] : text }, null);
    }

    private protected override (SearchEntity Entity, string Key) ResolveOrder(string identifier)
    {
        if (identifier.StartsWith("metrics.", StringComparison.Ordinal))
            return (SearchEntity.Metric, identifier["metrics.".Length..]);
        if (identifier.Contains('.', StringComparison.Ordinal))
            throw MlflowErrors.Invalid($"Invalid order by field name: {identifier}. Only metrics are supported.");
        return Keys.Contains(identifier)
            ? (SearchEntity.Attribute, Canonical(identifier))
            : throw MlflowErrors.Invalid($"Invalid order by field name: {identifier}");
    }

    private static (SearchEntity Entity, string Key) Resolve(string identifier)
    {
        var dot = identifier.IndexOf('.', StringComparison.Ordinal);
        if (dot <= 0 || dot == identifier.Length - 1 || !identifier.AsSpan(0, dot).ContainsOnlyLowerCase())
            return (SearchEntity.Attribute, Field(identifier.Trim('`')));
        var key = Unquote(identifier[(dot + 1)..].Trim('`'));
        return identifier[..dot] switch
        {
            "attributes" => (SearchEntity.Attribute, Field(key)),
            "metrics" => (SearchEntity.Metric, key),
            "params" => (SearchEntity.Parameter, key),
            "tags" => (SearchEntity.Tag, key),
            var other => throw MlflowErrors.Invalid(
                $"Invalid entity type: {PythonText.Repr(other)}. Expected one of ['attributes', 'metrics', 'params', 'tags']."),
        };
    }

    private static string Field(string key) => Keys.Contains(key)
        ? Canonical(key)
        : throw MlflowErrors.Invalid($"Invalid attribute key '{key}' specified. Valid keys are '{SetText(Keys)}'");

    private static string Canonical(string key) => key switch
    {
        "creation_time" or "creation_timestamp_ms" => "creation_timestamp",
        "last_updated_time" or "last_updated_timestamp_ms" => "last_updated_timestamp",
        _ => key,
    };

    private static bool IsTime(string key) => key is "creation_timestamp" or "last_updated_timestamp";

    private static double NumberOf(SqlNode value) =>
        PythonFloat.TryParse(value.Text, out var number)
            ? number
            : throw MlflowErrors.Invalid($"could not convert string to float: {PythonText.Repr(value.Text)}");

    private static string Name(SearchEntity entity) => entity switch
    {
        SearchEntity.Metric => "metrics",
        SearchEntity.Parameter => "params",
        SearchEntity.Tag => "tags",
        _ => "attributes",
    };
}

internal static class LowerCaseText
{
    public static bool ContainsOnlyLowerCase(this ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange('a', 'z') < 0;
}
