using System.Text;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Primitives;

namespace MlopsPlane.Mlflow.Search;

/// <summary>The form of one order_by clause, whatever its key means.</summary>
internal static class OrderClause
{
    private const string Timestamp = "timestamp";

    public static (string Identifier, bool Ascending) Parse(string clause)
    {
        if (clause.Contains('\0') || SqlGrouping.Group(clause) is not [{ Kind: SqlNodeKind.Identifier } only] || only.Text.Length != clause.Length)
            throw Unreadable(clause);
        var words = Words(clause) ?? throw Unreadable(clause);

        // The bare word is a type to a SQL parser, so only an order may follow it; other names may have an alias.
        var isTimestamp = words[0].Equals(Timestamp, StringComparison.OrdinalIgnoreCase) && clause.StartsWith(words[0], StringComparison.Ordinal);
        if (words.Count > 2 || (isTimestamp && words.Count == 2 && !IsOrder(words[1])))
            throw Unreadable(clause);
        if (words.Count == 1)
            return (isTimestamp ? Timestamp : clause, true);
        if (!IsOrder(words[1]))
            throw MlflowErrors.Invalid($"Invalid ordering key in order_by clause '{clause}'.");
        return (isTimestamp ? Timestamp : words[0], words[1].Equals("ASC", StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsOrder(string word) =>
        word.Equals("ASC", StringComparison.OrdinalIgnoreCase) || word.Equals("DESC", StringComparison.OrdinalIgnoreCase);

    private static PlaneException Unreadable(string clause) =>
        MlflowErrors.Invalid($"Invalid order_by clause '{clause}'. Could not be parsed.");

    /// <summary>Splits as a shell does, with backticks as quotes; null when a quote is not closed.</summary>
    private static List<string>? Words(string clause)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var open = '\0';
        var started = false;
        for (var i = 0; i < clause.Length; i++)
        {
            var c = clause[i] == '`' ? '"' : clause[i];
            if (c == open)
            {
                open = '\0';
            }
            else if (open == '\0' && c is '"' or '\'')
            {
                (open, started) = (c, true);
            }
            else if (open == '\0' && char.IsWhiteSpace(c))
            {
                if (started)
                    words.Add(word.ToString());
                word.Clear();
                started = false;
            }
            else
            {
                word.Append(c == '\\' && open != '\'' && i + 1 < clause.Length ? clause[++i] : c);
                started = true;
            }
        }

        if (started)
            words.Add(word.ToString());
        return open == '\0' && words.Count > 0 ? words : null;
    }
}
