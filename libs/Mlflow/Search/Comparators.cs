using System.Collections.Frozen;

namespace MlopsPlane.Mlflow.Search;

/// <summary>The comparators by their text, and the sets of them that kinds of keys allow.</summary>
internal static class Comparators
{
    public static readonly string[] Numeric = [">", ">=", "!=", "=", "<", "<="];
    public static readonly string[] Text = ["!=", "=", "LIKE", "ILIKE"];
    public static readonly string[] TextOrList = [.. Text, "IN", "NOT IN"];
    public static readonly string[] TextOrNull = [.. Text, "IS NULL", "IS NOT NULL"];

    private static readonly FrozenDictionary<string, SearchOperator> Operators = new Dictionary<string, SearchOperator>
    {
        ["="] = SearchOperator.Equal,
        ["!="] = SearchOperator.NotEqual,
        [">"] = SearchOperator.Greater,
        [">="] = SearchOperator.GreaterOrEqual,
        ["<"] = SearchOperator.Less,
        ["<="] = SearchOperator.LessOrEqual,
        ["LIKE"] = SearchOperator.Like,
        ["ILIKE"] = SearchOperator.ILike,
        ["IN"] = SearchOperator.In,
        ["NOT IN"] = SearchOperator.NotIn,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public static bool Allows(this string[] allowed, string comparator) => allowed.Contains(comparator, StringComparer.OrdinalIgnoreCase);

    /// <summary>The operator of a comparator; equality for one that no key allows, whose clause is refused anyway.</summary>
    public static SearchOperator Of(string comparator) => Operators.GetValueOrDefault(comparator, SearchOperator.Equal);

    public static bool IsList(string comparator) => Of(comparator) is SearchOperator.In or SearchOperator.NotIn;
}
