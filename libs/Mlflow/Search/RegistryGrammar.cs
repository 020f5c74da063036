using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Primitives;

namespace MlopsPlane.Mlflow.Search;

/// <summary>What the languages of registered models and of model versions share.</summary>
internal abstract class RegistryGrammar(string[] keys, string[] numericKeys) : SearchGrammar
{
    internal override FilterClause NullTest(string identifier, SearchOperator test)
    {
        var (entity, _) = NarrowIdentifier.Resolve(identifier, keys);
        throw MlflowErrors.Invalid(
            $"Invalid comparator for {Name(entity)}: {(test == SearchOperator.IsNull ? "IS NULL" : "IS NOT NULL")}");
    }

    internal override (FilterClause Clause, PlaneException? BadComparator) Compare(string identifier, string comparator, SqlNode value)
    {
        var (entity, key) = NarrowIdentifier.Resolve(identifier, keys);
        var clause = new FilterClause(entity, key, Comparators.Of(comparator));
        if (entity == SearchEntity.Tag)
        {
            return IsTextual(value)
                ? (clause with { Text = QuotedText(value) }, Refusal(entity, Comparators.Text, comparator))
                : throw MlflowErrors.Invalid($"Expected a quoted string value for tag (e.g. 'my-value'). Got value {value.Text}");
        }

        if (numericKeys.Contains(key) && value.Kind != SqlNodeKind.Parenthesis)
            return (clause with { Number = NumberOf(key, value) }, Refusal(entity, Comparators.Numeric, comparator, $" {key}"));
        if (value.IsNumber && numericKeys.Length > 0)
            throw MlflowErrors.Invalid($"Only the '{SetText(numericKeys)}' attributes support comparison with numeric values.");
        return value.Kind == SqlNodeKind.Parenthesis
            ? (RunIds(clause, comparator, value), null)
            : IsTextual(value)
                ? (clause with { Text = QuotedText(value) }, Refusal(entity, Comparators.Text, comparator))
                : throw NotText(value);
    }

    private static FilterClause RunIds(FilterClause clause, string comparator, SqlNode value)
    {
        if (clause.Key != "run_id")
            throw MlflowErrors.Invalid("Only the 'run_id' attribute supports comparison with a list of quoted string values.");
        var items = LowerCaseItems(value);
        if (comparator.Equals("NOT IN", StringComparison.OrdinalIgnoreCase))
            throw MlflowErrors.Invalid("Invalid comparator for attribute: NOT IN");
        return Comparators.IsList(comparator) ? clause with { Items = items } : throw NotText(value);
    }

    /// <summary>Quoted digits are taken for a number: databases with weak types do so for MLflow's users.</summary>
    private static double NumberOf(string key, SqlNode value)
    {
        var text = IsTextual(value) ? QuotedText(value) : value.Text;
        return (value.IsNumber || IsTextual(value)) && PythonFloat.TryParse(text, out var number)
            ? number
            : throw MlflowErrors.Invalid($"Expected numeric value type for numeric attribute: {key}. Found {value.Text}");
    }

    private static PlaneException NotText(SqlNode value) => MlflowErrors.Invalid(
        $"Expected a quoted string value or a list of quoted string values for attributes. Got value {value.Text}");

    private static PlaneException? Refusal(SearchEntity entity, string[] allowed, string comparator, string key = "") =>
        allowed.Allows(comparator) ? null : MlflowErrors.Invalid($"Invalid comparator for {Name(entity)}{key}: {comparator.ToUpperInvariant()}");

    private static string Name(SearchEntity entity) => entity == SearchEntity.Tag ? "tag" : "attribute";
}

/// <summary>The language of <c>registered-models/search</c>.</summary>
internal sealed class RegisteredModelGrammar() : RegistryGrammar(["name"], [])
{
    private protected override (SearchEntity Entity, string Key) ResolveOrder(string identifier) => identifier switch
    {
        "name" => (SearchEntity.Attribute, "name"),
        "timestamp" or "last_updated_timestamp" => (SearchEntity.Attribute, "last_updated_timestamp"),
        _ => throw MlflowErrors.Invalid($"Invalid order by key '{identifier}' specified. Valid keys are '{SetText(["name", "timestamp"])}'"),
    };
}

/// <summary>The language of <c>model-versions/search</c>.</summary>
internal sealed class ModelVersionGrammar() : RegistryGrammar(["name", "version_number", "run_id", "source_path"], ["version_number"])
{
    private static readonly string[] OrderKeys = ["name", "version_number", "creation_timestamp", "last_updated_timestamp"];

    private protected override (SearchEntity Entity, string Key) ResolveOrder(string identifier)
    {
        var (entity, key) = NarrowIdentifier.Resolve(identifier, OrderKeys);
        return entity == SearchEntity.Attribute ? (entity, key) : throw MlflowErrors.Invalid("Invalid order_by entity: tag");
    }
}
