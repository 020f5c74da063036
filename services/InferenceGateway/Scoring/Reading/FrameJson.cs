using System.Text;
using System.Text.Json;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Scoring.Reading;

/// <summary>Reads data frames from JSON in the orientations of pandas, cell by cell into the request's tensors.</summary>
internal static class FrameJson
{
    /// <summary><c>{"columns": [...], "index": [...], "data": [[...], ...]}</c>; the index means nothing.</summary>
    /// <exception cref="PlaneException">400: it is none, or does not fit the model.</exception>
    public static void ReadSplit(ref Utf8JsonReader value, ColumnPlan plan, InferenceItem item)
    {
        if (value.TokenType != JsonTokenType.StartObject)
            throw NoFrame("dataframe_split", "a dictionary with 'columns' and 'data'");
        List<string>? columns = null;
        Utf8JsonReader data = default;
        while (value.Read() && value.TokenType == JsonTokenType.PropertyName)
        {
            var (isColumns, isData) = (value.ValueTextEquals("columns"u8), value.ValueTextEquals("data"u8));
            value.Read();
            if (isData)
                data = value;
            if (isColumns)
                columns = Names(ref value);
            else
                value.Skip();
        }

        if (data.TokenType == JsonTokenType.None)
            throw NoFrame("dataframe_split", "a dictionary with 'columns' and 'data'");
        if (columns is null)
        {
            ReadRows(ref data, map: null, plan, item, "dataframe_split");
            return;
        }

        var own = plan.For(columns);
        ReadRows(ref data, own.Map(columns), own, item, "dataframe_split");
    }

    /// <summary>Rows whose cells have no names.</summary>
    /// <param name="map">Columns of the cells; null for as many as the model takes, in its order.</param>
    /// <exception cref="PlaneException">400: they do not fit the model.</exception>
    public static void ReadRows(ref Utf8JsonReader rows, int[]? map, ColumnPlan plan, InferenceItem item, string format)
    {
        if (rows.TokenType != JsonTokenType.StartArray)
            throw NoFrame(format, "a list of rows");
        var first = rows;
        first.Read();
        // A list of single values is a column.
        var isColumn = map is null && first.TokenType is not (JsonTokenType.StartArray or JsonTokenType.EndArray);
        if (map is null && first.TokenType != JsonTokenType.EndArray)
        {
            var width = isColumn ? 1 : Count(first);
            ColumnPlan.RequireWidth(width);
            plan = plan.For(width);
            map = width == plan.Columns.Count ? [.. Enumerable.Range(0, width)] : throw ScoringErrors.Invalid(
                $"A row has {width} values without names; the model takes {plan.Columns.Count}: {ScoringErrors.Shown([.. plan.Columns.Select(column => column.Name ?? "")])}.");
        }

        var table = new CellTable(plan, item);
        var row = 0;
        for (; rows.Read() && rows.TokenType != JsonTokenType.EndArray; row++)
        {
            if (isColumn)
                table.Write(ref rows, row, map![0]);
            else
                ReadRow(ref rows, row, map!, table, format);
            table.EndRow(row);
        }

        table.Give(row);
    }

    /// <summary><c>[{"column": value, ...}, ...]</c></summary>
    /// <exception cref="PlaneException">400: it is none, or does not fit the model.</exception>
    public static void ReadRecords(ref Utf8JsonReader value, ColumnPlan plan, InferenceItem item)
    {
        if (value.TokenType != JsonTokenType.StartArray || !IsListOf(value, JsonTokenType.StartObject, JsonTokenType.EndArray))
            throw NoFrame("dataframe_records", "a list of records");
        var names = FirstNames(value);
        plan = plan.For(names);
        // Records mostly have their fields in the same order, so that a name is compared and not looked up.
        var order = names.Select(name => (Name: Encoding.UTF8.GetBytes(name), Column: plan.PositionOf(name))).ToArray();
        var (table, seen) = (new CellTable(plan, item), new HashSet<int>());
        var row = 0;
        for (; value.Read() && value.TokenType != JsonTokenType.EndArray; row++)
        {
            if (value.TokenType != JsonTokenType.StartObject)
                throw NoFrame("dataframe_records", "a list of records");
            for (var i = 0; value.Read() && value.TokenType == JsonTokenType.PropertyName; i++)
            {
                var column = i < order.Length && value.ValueTextEquals(order[i].Name) ? order[i].Column : plan.PositionOf(value.GetString()!);
                seen.Add(column);
                value.Read();
                table.Write(ref value, row, column);
            }

            if (row == 0)
                plan.RequireAll(seen, names);
            table.EndRow(row);
        }

        table.Give(row);
    }

    /// <summary><c>{"column": [value, ...], ...}</c></summary>
    /// <exception cref="PlaneException">400: it is none, or does not fit the model.</exception>
    public static void ReadColumns(ref Utf8JsonReader value, ColumnPlan plan, InferenceItem item)
    {
        // Before a cell is written: a single one of a thousand columns would make room for all of them.
        var names = new List<string>();
        var look = value;
        while (look.Read() && look.TokenType == JsonTokenType.PropertyName)
        {
            names.Add(look.GetString()!);
            ColumnPlan.RequireWidth(names.Count);
            look.Read();
            if (look.TokenType != JsonTokenType.StartArray)
                throw ScoringErrors.Invalid($"Invalid input. The value of the column '{names[^1]}' must be a list.");
            look.Skip();
        }

        List<int> positions = [.. names.Select(plan.PositionOf)];
        plan.RequireAll(positions, names);
        var (table, rows) = (new CellTable(plan, item), -1);
        for (var i = 0; value.Read() && value.TokenType == JsonTokenType.PropertyName; i++)
        {
            value.Read();
            var row = 0;
            for (; value.Read() && value.TokenType != JsonTokenType.EndArray; row++)
                table.Write(ref value, row, positions[i]);
            if (rows >= 0 && row != rows)
                throw ScoringErrors.Invalid("Invalid input. The length of values for each input/column name are not the same");
            rows = row;
        }

        for (var row = 0; row < rows; row++)
            table.EndRow(row, positions);
        table.Give(Math.Max(rows, 0));
    }

    /// <summary>Whether a list begins with one of these.</summary>
    public static bool IsListOf(Utf8JsonReader list, params ReadOnlySpan<JsonTokenType> first)
    {
        list.Read();
        return first.Contains(list.TokenType);
    }

    private static void ReadRow(ref Utf8JsonReader rows, int row, int[] map, CellTable table, string format)
    {
        if (rows.TokenType != JsonTokenType.StartArray)
            throw NoFrame(format, "a list of rows");
        var cells = 0;
        for (; rows.Read() && rows.TokenType != JsonTokenType.EndArray; cells++)
        {
            if (cells >= map.Length)
                throw WrongWidth(row, cells + 1, map.Length);
            table.Write(ref rows, row, map[cells]);
        }

        if (cells != map.Length)
            throw WrongWidth(row, cells, map.Length);
    }

    private static List<string> Names(ref Utf8JsonReader value)
    {
        if (value.TokenType != JsonTokenType.StartArray)
            throw NoFrame("dataframe_split", "a dictionary whose 'columns' are a list of names");
        var names = new List<string>();
        while (value.Read() && value.TokenType != JsonTokenType.EndArray)
        {
            names.Add(value.TokenType switch
            {
                JsonTokenType.String => value.GetString()!,
                // Frames without names have their columns counted.
                JsonTokenType.Number when value.TryGetInt64(out var number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture),
                _ => throw NoFrame("dataframe_split", "a dictionary whose 'columns' are a list of names"),
            });
            ColumnPlan.RequireWidth(names.Count);
        }

        return names;
    }

    private static List<string> FirstNames(Utf8JsonReader list)
    {
        list.Read();
        return list.TokenType == JsonTokenType.EndArray ? [] : NamesOf(list);
    }

    /// <summary>Names of the object that the reader stands in.</summary>
    private static List<string> NamesOf(Utf8JsonReader record)
    {
        var names = new List<string>();
        while (record.Read() && record.TokenType == JsonTokenType.PropertyName)
        {
            names.Add(record.GetString()!);
            ColumnPlan.RequireWidth(names.Count);
            record.Read();
            record.Skip();
        }

        return names;
    }

    private static int Count(Utf8JsonReader list)
    {
        var count = 0;
        for (; list.Read() && list.TokenType != JsonTokenType.EndArray; count++)
            list.Skip();
        return count;
    }

    private static PlaneException NoFrame(string format, string what) => ScoringErrors.Invalid($"Failed to parse data as a Pandas DataFrame. '{format}' must be {what}.");

    private static PlaneException WrongWidth(int row, int cells, int columns) => ScoringErrors.Invalid(
        $"Failed to parse data as a Pandas DataFrame. Row {row} has {(cells > columns ? "more than " : "")}{Math.Min(cells, columns)} values; there are {columns} columns.");
}
