using System.Text;
using System.Text.Json;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Scoring.Reading;

/// <summary>A data frame on its way into a request's tensors.</summary>
internal sealed class CellTable
{
    private const int MostShown = 40;
    private readonly ColumnPlan plan;
    private readonly InferenceItem item;
    private readonly InputCells[] inputs;
    private readonly int[] lastRows;

    public CellTable(ColumnPlan plan, InferenceItem item)
    {
        (this.plan, this.item) = (plan, item);
        var places = new int[item.Inputs.Length];
        foreach (var column in plan.Columns)
            places[column.Input]++;
        inputs = [.. item.Signature.Inputs.Select((spec, i) => new InputCells(spec, places[i]))];
        lastRows = new int[plan.Columns.Count];
        Array.Fill(lastRows, -1);
    }

    /// <summary>Writes the cell that the reader stands at.</summary>
    /// <param name="column">Position in the plan; below 0 the cell is passed over.</param>
    /// <exception cref="PlaneException">400: it does not fit its column.</exception>
    public void Write(ref Utf8JsonReader json, int row, int column)
    {
        if (column < 0)
        {
            json.Skip();
            return;
        }

        var to = plan.Columns[column];
        var before = json;
        lastRows[column] = row;
        if (!inputs[to.Input].TryWrite(ref json, row, to.Place))
            throw Unfit(to, row, Shown(ref before));
    }

    /// <summary>Writes a cell of CSV.</summary>
    /// <inheritdoc cref="Write(ref Utf8JsonReader, int, int)"/>
    public void Write(string text, int row, int column)
    {
        if (column < 0)
            return;
        var to = plan.Columns[column];
        lastRows[column] = row;
        if (!inputs[to.Input].TryWrite(text, row, to.Place))
            throw Unfit(to, row, text.Length == 0 ? "nothing" : $"'{Cut(text)}'");
    }

    /// <summary>Ends a row: what was not sent of its optional columns is missing.</summary>
    /// <exception cref="PlaneException">400: the model cannot do without.</exception>
    public void EndRow(int row)
    {
        for (var i = 0; i < lastRows.Length; i++)
        {
            var column = plan.Columns[i];
            if (lastRows[i] == row)
                continue;
            if (column.Required)
                throw ScoringErrors.Invalid($"Model is missing inputs {ScoringErrors.Shown([column.Name ?? ""])} in row {row}.");
            if (!inputs[column.Input].TryWriteMissing(row, column.Place))
                throw Unfit(column, row, "nothing");
        }
    }

    /// <summary>Ends a row of which only these columns were sent.</summary>
    /// <inheritdoc cref="EndRow(int)"/>
    public void EndRow(int row, List<int> sent)
    {
        foreach (var column in sent)
        {
            if (column >= 0)
                lastRows[column] = row;
        }

        EndRow(row);
    }

    public void Give(int rows)
    {
        for (var i = 0; i < inputs.Length; i++)
            inputs[i].Give(item.Inputs[i], rows);
    }

    private PlaneException Unfit(Column column, int row, string value)
    {
        var spec = item.Signature.Inputs[column.Input];
        var name = column.Name is { } text ? $"'{text}'" : $"{column.Place}";
        return ScoringErrors.Invalid(
            $"Incompatible input types for column {name}. Can not safely convert {value} in row {row} to {Datatype.NameOf(spec.Type)} of the input '{spec.Name}' with shape [{string.Join(',', spec.Shape)}].");
    }

    private static string Shown(ref Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.StartArray => "a list",
        JsonTokenType.StartObject => "an object",
        JsonTokenType.String => $"the text '{Cut(json.GetString()!)}'",
        JsonTokenType.Null => "null",
        JsonTokenType.True or JsonTokenType.False => json.TokenType == JsonTokenType.True ? "true" : "false",
        _ => Cut(json.HasValueSequence ? Encoding.UTF8.GetString(json.ValueSequence) : Encoding.UTF8.GetString(json.ValueSpan)),
    };

    private static string Cut(string text) => text.Length > MostShown ? text[..MostShown] + "..." : text;
}
