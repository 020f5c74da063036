using System.Data.Common;
using System.Text;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Search;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.ExperimentTracker.Search.Sql;

/// <summary>A statement under construction: its parameters, and comparisons in the database's dialect.</summary>
internal sealed class SearchCommand(DatabaseProvider provider)
{
    /// <summary>SQLite refuses longer patterns; in UTF-8.</summary>
    private const int MaxPatternBytes = 50_000;

    /// <summary>What a comparison with NaN finds, as on MLflow's databases.</summary>
    private const string Nothing = "FALSE";

    private readonly List<object> parameters = [];

    public SearchDialect Dialect { get; } = SearchDialect.Of(provider);

    /// <summary>Adds a value and returns the parameter's name in the text.</summary>
    public string Add(object value)
    {
        parameters.Add(value);
        return $"@p{parameters.Count - 1}";
    }

    /// <summary>Membership in a list, or equality when it has one item, which indexes serve better.</summary>
    public string OneOf<T>(string value, IReadOnlyList<T> items) where T : notnull =>
        items.Count == 1 ? $"{value} = {Add(items[0])}" : Dialect.In(value, Add(Dialect.List(items)), negated: false);

    /// <summary>A clause's comparison of a text column.</summary>
    public string CompareText(string column, FilterClause clause) => clause.Operator switch
    {
        SearchOperator.Equal => $"{column} = {Add(clause.Text!)}",
        SearchOperator.NotEqual => $"{column} <> {Add(clause.Text!)}",
        SearchOperator.Like => Dialect.Like(column, Pattern(clause)),
        SearchOperator.ILike => Dialect.Like($"lower({column})", $"lower({Pattern(clause)})"),
        SearchOperator.In or SearchOperator.NotIn =>
            Dialect.In(column, Add(Dialect.List(clause.Items!)), clause.Operator == SearchOperator.NotIn),
        _ => throw new ArgumentOutOfRangeException(nameof(clause), clause.Operator, "The grammar lets no other comparison of texts through."),
    };

    /// <summary>Equality with one or several texts of a column whose <see cref="ValueStart"/> is indexed.</summary>
    public string EqualsIndexed(string column, FilterClause clause)
    {
        var texts = clause.Items ?? [clause.Text!];
        var start = OneOf(ValueStart.Of(column), texts.Select(ValueStart.Cut).ToList());
        // A shorter beginning is the whole value.
        return texts.All(text => text.Length < ValueStart.Length) ? start : $"{start} AND {CompareText(column, clause)}";
    }

    /// <summary>A clause's comparison of an integer column.</summary>
    public string CompareInteger(string column, FilterClause clause) =>
        double.IsNaN(clause.Number!.Value) ? Nothing : $"{column} {Sign(clause.Operator)} {AddNumber(clause.Number.Value)}";

    /// <summary>A clause's comparison of a metric's value; NaN differs from every number and compares with none.</summary>
    public string CompareMetric(string table, FilterClause clause)
    {
        if (double.IsNaN(clause.Number!.Value))
            return Nothing;
        var value = Add(Math.Clamp(clause.Number.Value, double.MinValue, double.MaxValue));
        return clause.Operator == SearchOperator.NotEqual
            ? $"({table}.is_nan = TRUE OR {table}.value <> {value})"
            : $"{table}.is_nan = FALSE AND {table}.value {Sign(clause.Operator)} {value}";
    }

    /// <summary>The statement on an open connection.</summary>
    public DbCommand Build(DbConnection connection, string text)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        for (var i = 0; i < parameters.Count; i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"p{i}";
            parameter.Value = parameters[i];
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private string Pattern(FilterClause clause) => Encoding.UTF8.GetByteCount(clause.Text!) <= MaxPatternBytes
        ? Add(clause.Text!)
        : throw MlflowErrors.Invalid($"Invalid filter string: a pattern is longer than {MaxPatternBytes} bytes.");

    /// <summary>Whole numbers stay integers, so that an index on the column serves the comparison.</summary>
    private string AddNumber(double number) =>
        Math.Floor(number) == number && Math.Abs(number) < 9e18 ? Add((long)number) : Add(Math.Clamp(number, double.MinValue, double.MaxValue));

    private static string Sign(SearchOperator test) => test switch
    {
        SearchOperator.Equal => "=",
        SearchOperator.NotEqual => "<>",
        SearchOperator.Greater => ">",
        SearchOperator.GreaterOrEqual => ">=",
        SearchOperator.Less => "<",
        SearchOperator.LessOrEqual => "<=",
        _ => throw new ArgumentOutOfRangeException(nameof(test), test, "The grammar lets no other comparison of numbers through."),
    };
}
