using System.Globalization;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Primitives;

namespace MlopsPlane.Mlflow.Search;

/// <summary>The language of <c>experiments/search</c>.</summary>
internal sealed class ExperimentGrammar : SearchGrammar
{
    private static readonly string[] NumericKeys = ["creation_time", "last_update_time"];
    private static readonly string[] Keys = ["name", .. NumericKeys];
    private static readonly string[] OrderKeys = ["name", "experiment_id", .. NumericKeys];

    internal override FilterClause NullTest(string identifier, SearchOperator test)
    {
        var (entity, key) = NarrowIdentifier.Resolve(identifier, Keys);
        return entity == SearchEntity.Tag
            ? new FilterClause(entity, key, test)
            : throw MlflowErrors.Invalid($"IS NULL / IS NOT NULL is only supported for tags, not for attribute '{key}'");
    }

    internal override (FilterClause Clause, PlaneException? BadComparator) Compare(string identifier, string comparator, SqlNode value)
    {
        var (entity, key) = NarrowIdentifier.Resolve(identifier, Keys);
        var clause = new FilterClause(entity, key, Comparators.Of(comparator));
        if (entity == SearchEntity.Tag)
            return CompareTag(clause, comparator, value);
        if (NumericKeys.Contains(key))
            return (clause with { Number = NumberOf(key, value) }, Refusal(Comparators.Numeric, comparator));
        if (value.Kind == SqlNodeKind.Parenthesis)
            throw MlflowErrors.Invalid("Only the 'run_id' attribute supports comparison with a list of quoted string values.");
        return IsTextual(value)
            ? (clause with { Text = QuotedText(value) }, Refusal(Comparators.Text, comparator))
            : throw MlflowErrors.Invalid($"Expected a quoted string value for attributes. Got value {value.Text}");
    }

    private protected override (SearchEntity Entity, string Key) ResolveOrder(string identifier)
    {
        var (entity, key) = NarrowIdentifier.Resolve(identifier, OrderKeys);
        return entity == SearchEntity.Attribute ? (entity, key) : throw MlflowErrors.Invalid("Invalid order_by entity: tag");
    }

    private static (FilterClause Clause, PlaneException? BadComparator) CompareTag(FilterClause clause, string comparator, SqlNode value)
    {
        if (value.Kind == SqlNodeKind.Parenthesis && Comparators.IsList(comparator))
            return (clause with { Items = ListLiteral.Parse(value.Text) }, null);
        if (!IsTextual(value))
            throw MlflowErrors.Invalid($"Expected a quoted string value for tag (e.g. 'my-value'). Got value {value.Text}");
        return (clause with { Text = QuotedText(value) },
            Comparators.Text.Allows(comparator) ? null : MlflowErrors.Invalid($"Invalid comparator for tag: {comparator}"));
    }

    private static double NumberOf(string key, SqlNode value) => value.IsNumber
        ? double.Parse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture)
        : throw MlflowErrors.Invalid($"Expected numeric value type for numeric attribute: {key}. Found {value.Text}");

    private static PlaneException? Refusal(string[] allowed, string comparator) => allowed.Allows(comparator)
        ? null
        : MlflowErrors.Invalid($"Invalid comparator '{comparator}' not one of '{SetText(Comparators.TextOrList)}'");
}
