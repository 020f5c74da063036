using System.Collections.Frozen;
using System.Globalization;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Primitives;

namespace MlopsPlane.Mlflow.Search;

/// <summary>The language of <c>runs/search</c>.</summary>
internal sealed class RunGrammar : SearchGrammar
{
    private static readonly string[] NumericKeys = ["start_time", "end_time", "created", "Created"];
    private static readonly string[] Keys =
        ["run_id", "run_name", "user_id", "status", "artifact_uri", .. NumericKeys, "run name", "Run name", "Run Name"];

    private static readonly string[] DatasetKeys = ["name", "digest", "context"];

    private static readonly FrozenDictionary<string, SearchEntity> Entities = new Dictionary<string, SearchEntity>
    {
        ["metric"] = SearchEntity.Metric,
        ["metrics"] = SearchEntity.Metric,
        ["parameter"] = SearchEntity.Parameter,
        ["parameters"] = SearchEntity.Parameter,
        ["param"] = SearchEntity.Parameter,
        ["params"] = SearchEntity.Parameter,
        ["tag"] = SearchEntity.Tag,
        ["tags"] = SearchEntity.Tag,
        ["attribute"] = SearchEntity.Attribute,
        ["attributes"] = SearchEntity.Attribute,
        ["attr"] = SearchEntity.Attribute,
        ["run"] = SearchEntity.Attribute,
        ["dataset"] = SearchEntity.Dataset,
        ["datasets"] = SearchEntity.Dataset,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    internal override PlaneException InvalidClauses(string filter, IEnumerable<string> clauses) =>
        base.InvalidClauses(filter, clauses.Select(clause => $"'{clause}'"));

    internal override FilterClause NullTest(string identifier, SearchOperator test)
    {
        var (entity, key) = Resolve(identifier);
        return entity is SearchEntity.Tag or SearchEntity.Parameter
            ? new FilterClause(entity, key, test)
            : throw MlflowErrors.Invalid(
                $"IS NULL / IS NOT NULL is only supported for tags and params, not for '{Name(entity)}' '{key}'");
    }

    internal override (FilterClause Clause, PlaneException? BadComparator) Compare(string identifier, string comparator, SqlNode value)
    {
        var (entity, key) = Resolve(identifier);
        var clause = new FilterClause(entity, Canonical(key), Comparators.Of(comparator));
        return entity switch
        {
            SearchEntity.Metric => (clause with { Number = NumberOf(value, $"Expected numeric value type for metric. Found {value.Text}") },
                Refusal(Comparators.Numeric, comparator, closed: false)),
            SearchEntity.Parameter or SearchEntity.Tag => CompareKeyed(clause, comparator, value),
            SearchEntity.Dataset => (DatasetValue(clause, comparator, value), Refusal(Comparators.TextOrList, comparator, closed: false)),
            _ when NumericKeys.Contains(key) => (clause with
            {
                Number = NumberOf(value, $"Expected numeric value type for numeric attribute: {key}. Found {value.Text}"),
            },
                Comparators.Numeric.Allows(comparator) ? null : Refusal([], comparator, closed: false, Comparators.TextOrList)),
            _ => (AttributeValue(clause, comparator, value), Refusal(Comparators.TextOrList, comparator)),
        };
    }

    private protected override (SearchEntity Entity, string Key) ResolveOrder(string identifier)
    {
        var (entity, key) = Resolve(identifier);
        return entity == SearchEntity.Dataset
            ? throw MlflowErrors.Invalid($"Invalid identifier type '{Name(entity)}'")
            : (entity, entity == SearchEntity.Attribute ? Canonical(key) : key);
    }

    private static (FilterClause Clause, PlaneException? BadComparator) CompareKeyed(FilterClause clause, string comparator, SqlNode value)
    {
        if (value.Kind == SqlNodeKind.Parenthesis && Comparators.IsList(comparator))
            return (clause with { Items = ListLiteral.Parse(value.Text) }, null);
        if (!IsTextual(value))
            throw MlflowErrors.Invalid($"Expected a quoted string value for {Name(clause.Entity)} (e.g. 'my-value'). Got value {value.Text}");
        return (clause with { Text = QuotedText(value) },
            Refusal(Comparators.TextOrNull, comparator, closed: clause.Entity == SearchEntity.Parameter));
    }

    private static FilterClause AttributeValue(FilterClause clause, string comparator, SqlNode value)
    {
        if (IsTextual(value))
            return clause with { Text = QuotedText(value) };
        if (value.Kind == SqlNodeKind.Parenthesis && clause.Key != "run_id")
            throw MlflowErrors.Invalid("Only the 'run_id' attribute supports comparison with a list of quoted string values.");
        return value.Kind == SqlNodeKind.Parenthesis && Comparators.IsList(comparator)
            ? clause with { Items = LowerCaseItems(value) }
            : throw MlflowErrors.Invalid($"Expected a quoted string value for attributes. Got value {value.Text}");
    }

    private static FilterClause DatasetValue(FilterClause clause, string comparator, SqlNode value)
    {
        if (IsTextual(value))
            return clause with { Text = QuotedText(value) };
        return value.Kind == SqlNodeKind.Parenthesis && Comparators.IsList(comparator)
            ? clause with { Items = LowerCaseItems(value) }
            : throw MlflowErrors.Invalid($"Expected a quoted string value for dataset attributes. Got value {value.Text}");
    }

    private static double NumberOf(SqlNode value, string complaint) => value.IsNumber
        ? double.Parse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture)
        : throw MlflowErrors.Invalid(complaint);

    /// <summary>MLflow's text lacks the closing quote for some kinds of keys.</summary>
    private static PlaneException? Refusal(string[] allowed, string comparator, bool closed = true, string[]? shown = null) =>
        allowed.Allows(comparator)
            ? null
            : MlflowErrors.Invalid(
                $"Invalid comparator '{comparator.ToUpperInvariant()}' not one of '{SetText(shown ?? allowed)}{(closed ? "'" : "")}");

    private static (SearchEntity Entity, string Key) Resolve(string identifier)
    {
        var dot = identifier.IndexOf('.', StringComparison.Ordinal);
        var entity = dot < 0 ? SearchEntity.Attribute : EntityOf(identifier[..dot]);
        var key = Unquote(identifier[(dot + 1)..]);
        if (entity == SearchEntity.Attribute && !Keys.Contains(key))
            throw MlflowErrors.Invalid($"Invalid attribute key '{key}' specified. Valid keys are '{SetText(Keys)}'");
        if (entity == SearchEntity.Dataset && !DatasetKeys.Contains(key))
            throw MlflowErrors.Invalid($"Invalid dataset key '{key}' specified. Valid keys are '{SetText(DatasetKeys)}'");
        return (entity, key);
    }

    private static SearchEntity EntityOf(string name)
    {
        var bare = IsWrapped(name, '`') ? name[1..^1] : name;
        return Entities.TryGetValue(bare, out var entity)
            ? entity
            : throw MlflowErrors.Invalid(
                $"Invalid entity type '{bare}'. Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']");
    }

    private static string Canonical(string key) => key switch
    {
        "created" or "Created" => "start_time",
        "run name" or "Run name" or "Run Name" => "run_name",
        _ => key,
    };

    private static string Name(SearchEntity entity) => entity.ToString().ToLowerInvariant();
}
