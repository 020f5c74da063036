using System.Text;

namespace MlopsPlane.ExperimentTracker.Search.Sql;

/// <summary>
/// The beginning of a param's or tag's value, which an index holds: a whole value may be longer than an entry of an
/// index can be.
/// </summary>
internal static class ValueStart
{
    /// <summary>Characters (code points) of a value that the index holds.</summary>
    public const int Length = 200;

    /// <summary>The expression of the index; the databases use it for a condition that says the same.</summary>
    public static string Of(string column) => $"substr({column}, 1, {Length})";

    /// <summary>What <see cref="Of(string)"/> makes of a value.</summary>
    public static string Cut(string value)
    {
        if (value.Length <= Length)
            return value;
        var end = 0;
        for (var points = 0; points < Length && end < value.Length; points++)
            end += Rune.TryGetRuneAt(value, end, out var rune) ? rune.Utf16SequenceLength : 1;
        return value[..end];
    }
}
