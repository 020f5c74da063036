namespace MlopsPlane.Mlflow.Search;

/// <summary>What a clause or an order names: a field of the record itself or one of its keyed collections.</summary>
public enum SearchEntity
{
    /// <summary>A field of the record.</summary>
    Attribute,

    /// <summary>A metric, by key.</summary>
    Metric,

    /// <summary>A parameter, by key.</summary>
    Parameter,

    /// <summary>A tag, by key.</summary>
    Tag,

    /// <summary>A field of a dataset that is an input of the record.</summary>
    Dataset,
}

/// <summary>How a clause compares.</summary>
public enum SearchOperator
{
    /// <summary>=</summary>
    Equal,

    /// <summary>!=</summary>
    NotEqual,

    /// <summary>&gt;</summary>
    Greater,

    /// <summary>&gt;=</summary>
    GreaterOrEqual,

    /// <summary>&lt;</summary>
    Less,

    /// <summary>&lt;=</summary>
    LessOrEqual,

    /// <summary>LIKE: case counts; % is any text, _ any one character, nothing escapes them.</summary>
    Like,

    /// <summary>ILIKE: LIKE without ASCII case.</summary>
    ILike,

    /// <summary>IN a list of texts.</summary>
    In,

    /// <summary>NOT IN a list of texts.</summary>
    NotIn,

    /// <summary>IS NULL: the record has no such key.</summary>
    IsNull,

    /// <summary>IS NOT NULL: the record has such a key.</summary>
    IsNotNull,
}

/// <summary>A parsed filter.</summary>
public abstract record FilterNode;

/// <summary>Parts that must all hold.</summary>
/// <param name="Parts">At least two.</param>
public sealed record AllOf(IReadOnlyList<FilterNode> Parts) : FilterNode;

/// <summary>Parts of which one must hold.</summary>
/// <param name="Parts">At least two.</param>
public sealed record AnyOf(IReadOnlyList<FilterNode> Parts) : FilterNode;

/// <summary>One comparison. Of the three values the one that fits the key and the operator is set.</summary>
/// <param name="Entity">What is compared.</param>
/// <param name="Key">The key or field, without quotes, aliases resolved.</param>
/// <param name="Operator">How.</param>
/// <param name="Text">The text to compare with, for text keys.</param>
/// <param name="Number">The number to compare with, for metrics and numeric fields.</param>
/// <param name="Items">The list, for <see cref="SearchOperator.In"/> and <see cref="SearchOperator.NotIn"/>.</param>
public sealed record FilterClause(
    SearchEntity Entity,
    string Key,
    SearchOperator Operator,
    string? Text = null,
    double? Number = null,
    IReadOnlyList<string>? Items = null) : FilterNode;

/// <summary>One parsed order_by clause.</summary>
/// <param name="Entity">What is ordered by.</param>
/// <param name="Key">The key or field, without quotes, aliases resolved.</param>
/// <param name="Ascending">False for DESC.</param>
public sealed record SearchOrder(SearchEntity Entity, string Key, bool Ascending);
