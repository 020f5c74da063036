using System.Text;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Scoring.Reading;

/// <summary>Reads a data frame from CSV (RFC 4180, with a header) as <c>DataFrame.to_csv()</c> writes it.</summary>
internal static class ScoringCsv
{
    /// <summary>Fills the item's inputs.</summary>
    /// <returns>Always that they were the rows of a data frame.</returns>
    /// <exception cref="PlaneException">400: it is none, or does not fit the model.</exception>
    public static bool Read(string csv, ColumnPlan plan, InferenceItem item)
    {
        var (at, line) = (0, new List<string>());
        ReadLine(csv, ref at, line);
        if (line is [] or [""])
            throw ScoringErrors.NotCsv("No columns to parse from file");
        List<string> columns = [.. line];
        // A first column without a name is the frame's index.
        var index = columns[0].Length == 0 ? 1 : 0;
        List<string> names = columns[index..];
        plan = plan.For(names);
        int[] map = index == 1 ? [-1, .. plan.Map(names)] : plan.Map(names);
        var table = new CellTable(plan, item);
        var row = 0;
        while (at < csv.Length)
        {
            ReadLine(csv, ref at, line);
            // An empty line is none, as pandas has it.
            if (line is [""] && columns.Count > 1)
                continue;
            if (line.Count != columns.Count)
                throw ScoringErrors.NotCsv($"Row {row} has {line.Count} fields; there are {columns.Count} columns.");
            for (var i = 0; i < line.Count; i++)
                table.Write(line[i], row, map[i]);
            table.EndRow(row++);
        }

        table.Give(row);
        return true;
    }

    private static void ReadLine(string csv, ref int at, List<string> fields)
    {
        fields.Clear();
        while (true)
        {
            fields.Add(at < csv.Length && csv[at] == '"' ? Quoted(csv, ref at) : Plain(csv, ref at));
            ColumnPlan.RequireWidth(fields.Count);
            if (at < csv.Length && csv[at] == ',')
            {
                at++;
                continue;
            }

            if (at < csv.Length && csv[at] == '\r')
                at++;
            if (at < csv.Length && csv[at] == '\n')
                at++;
            return;
        }
    }

    private static string Plain(string csv, ref int at)
    {
        var length = csv.AsSpan(at).IndexOfAny(',', '\r', '\n');
        var field = length < 0 ? csv[at..] : csv.Substring(at, length);
        at += field.Length;
        return field;
    }

    private static string Quoted(string csv, ref int at)
    {
        var text = new StringBuilder();
        for (at++; ; at++)
        {
            var length = csv.AsSpan(at).IndexOf('"');
            if (length < 0)
                throw ScoringErrors.NotCsv("A quoted field does not end.");
            text.Append(csv, at, length);
            at += length + 1;
            if (at >= csv.Length || csv[at] != '"')
                break;
            text.Append('"');
        }

        return at >= csv.Length || csv[at] is ',' or '\r' or '\n' ? text.ToString() : throw ScoringErrors.NotCsv("A quoted field is followed by more.");
    }
}
