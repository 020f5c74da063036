using MlopsPlane.InferenceGateway.ModelStore;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Scoring.Reading;

/// <summary>Where the cells of a column go.</summary>
/// <param name="Name">Null where the signature names none.</param>
/// <param name="Required">Whether it must be sent.</param>
/// <param name="Input">Position of the model's input.</param>
/// <param name="Place">Position in a row of that input.</param>
internal sealed record Column(string? Name, bool Required, int Input, int Place);

/// <summary>How columns become the inputs of a model.</summary>
internal sealed class ColumnPlan
{
    /// <summary>More columns than any data frame has that a person made.</summary>
    public const int MostColumns = 1 << 18;

    private readonly Dictionary<string, int> byName = new(StringComparer.Ordinal);

    private ColumnPlan(IReadOnlyList<Column> columns, bool hasColumns, bool isFree)
    {
        (Columns, HasColumns, IsFree) = (columns, hasColumns, isFree);
        for (var i = 0; i < columns.Count; i++)
        {
            if (columns[i].Name is { } name)
                byName.TryAdd(name, i);
        }
    }

    public IReadOnlyList<Column> Columns { get; }

    /// <summary>The model's signature has columns, so that everything that is sent is a data frame.</summary>
    public bool HasColumns { get; }

    /// <summary>Nothing tells which columns a row has: those of the request make the row of the only input, in their order.</summary>
    public bool IsFree { get; }

    /// <summary>
    /// With columns in the signature: each is an input where all inputs are named so, else together they are the row of the
    /// only input, in the signature's order. Without: each input is a column.
    /// </summary>
    /// <exception cref="PlaneException">400: the signature's columns fit no inputs.</exception>
    public static ColumnPlan Of(MlflowSignature? signature, ModelSignature model)
    {
        var fields = signature?.Inputs ?? [];
        if (fields.Count == 0 || fields.Any(field => field.Shape is not null))
            return new([.. model.Inputs.Select((input, i) => new Column(input.Name, Required: true, i, 0))], hasColumns: false, isFree: model.Inputs.Length == 1);
        if (Array.TrueForAll(model.Inputs, input => fields.Any(field => field.Name == input.Name)))
        {
            return new(
                [.. model.Inputs.Select((input, i) => new Column(input.Name, fields.First(field => field.Name == input.Name).Required, i, 0))], hasColumns: true, isFree: false);
        }

        if (model.Inputs.Length != 1)
            throw ScoringErrors.Invalid($"The model's signature has columns that are none of its inputs {ScoringErrors.Shown([.. model.Inputs.Select(input => input.Name)])}.");
        return new([.. fields.Select((field, i) => new Column(field.Name, field.Required, 0, i))], hasColumns: true, isFree: false);
    }

    /// <summary>The plan for a data frame with these columns.</summary>
    public ColumnPlan For(IReadOnlyList<string> sent) =>
        !IsFree || (sent.Count == 1 && byName.ContainsKey(sent[0]))
            ? this
            : new([.. sent.Select((name, i) => new Column(name, Required: true, 0, i))], HasColumns, isFree: false);

    /// <exception cref="PlaneException">400: there are too many.</exception>
    public static void RequireWidth(int columns)
    {
        if (columns > MostColumns)
            throw ScoringErrors.Invalid($"Invalid input. There are more than {MostColumns} columns.");
    }

    /// <summary>The plan for rows of so many cells without names.</summary>
    public ColumnPlan For(int cells) => IsFree
        ? new([.. Enumerable.Range(0, cells).Select(i => new Column(null, Required: true, 0, i))], HasColumns, isFree: false)
        : this;

    /// <summary>Position of a column by its name; -1 when the model has no use for it.</summary>
    public int PositionOf(string name) => byName.TryGetValue(name, out var position) ? position : -1;

    /// <summary>Positions of the columns that were sent. Columns without names are taken in their order.</summary>
    /// <exception cref="PlaneException">400: one that the model needs is not among them.</exception>
    public int[] Map(IReadOnlyList<string> sent)
    {
        if (byName.Count == 0 && sent.Count == Columns.Count)
            return [.. Enumerable.Range(0, sent.Count)];
        int[] map = [.. sent.Select(PositionOf)];
        RequireAll(map, sent);
        return map;
    }

    /// <exception cref="PlaneException">400: a column that the model needs is missing.</exception>
    public void RequireAll(IReadOnlyCollection<int> sentPositions, IEnumerable<string> sent)
    {
        var present = sentPositions.ToHashSet();
        var missing = Columns.Where((column, i) => column.Required && !present.Contains(i)).Select(column => column.Name ?? "").ToList();
        if (missing.Count == 0)
            return;
        var extra = sent.Where(name => PositionOf(name) < 0).ToList();
        throw ScoringErrors.Invalid($"Model is missing inputs {ScoringErrors.Shown(missing)}." + (extra.Count > 0 ? $" Note that there were extra inputs: {ScoringErrors.Shown(extra)}" : ""));
    }
}
