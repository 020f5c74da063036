using System.Globalization;
using System.Text;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Primitives;

namespace MlopsPlane.Mlflow.Search;

/// <summary>The list of an IN clause, which MLflow reads as a Python literal: <c>('a', "b",)</c>.</summary>
internal static class ListLiteral
{
    private const string Start = "While parsing a list in the query, expected ";

    public static IReadOnlyList<string> Parse(string text)
    {
        var items = new Reader(text).Tuple();
        if (items.Count == 0)
            throw MlflowErrors.Invalid(Start + "a non-empty list of string values, but got empty list");
        return items.TrueForAll(item => item.IsText)
            ? [.. items.Select(item => item.Value)]
            : throw MlflowErrors.Invalid(
                $"{Start}string value, punctuation, or whitespace, but got different type in list: {Repr(items)}");
    }

    private static string Repr(List<Item> items)
    {
        var texts = items.Select(item => item.IsText ? PythonText.Repr(item.Value) : item.Value);
        return items.Count == 1 ? $"({texts.First()},)" : $"({string.Join(", ", texts)})";
    }

    private readonly record struct Item(string Value, bool IsText);

    private ref struct Reader(string text)
    {
        private int at = 1;

        /// <summary>Items between commas until the closing parenthesis; one comma may stand before it.</summary>
        public List<Item> Tuple()
        {
            var items = new List<Item>();
            for (Skip(); Peek != ')'; Skip())
            {
                items.Add(Next());
                Skip();
                if (Peek == ',')
                    at++;
                else if (Peek != ')')
                    throw IllFormed();
            }

            return items;
        }

        private readonly char Peek => at < text.Length ? text[at] : throw IllFormed();

        private void Skip()
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
                at++;
        }

        private Item Next()
        {
            if (Peek is not ('\'' or '"'))
                return Number();
            var value = new StringBuilder();
            // Neighbouring strings are one string, as in Python.
            for (; Peek is '\'' or '"'; Skip())
                AppendText(value);
            return new Item(value.ToString(), true);
        }

        private Item Number()
        {
            var start = at;
            while (at < text.Length && text[at] is not (',' or ')') && !char.IsWhiteSpace(text[at]))
                at++;
            var word = text[start..at];
            return double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out _) || word is "None" or "True" or "False"
                ? new Item(word, false)
                : throw IllFormed();
        }

        private void AppendText(StringBuilder value)
        {
            var quote = text[at++];
            for (; Peek != quote; at++)
            {
                if (text[at] is '\n' or '\r')
                    throw IllFormed();
                if (text[at] == '\\')
                    AppendEscape(value);
                else
                    value.Append(text[at]);
            }

            at++;
        }

        private void AppendEscape(StringBuilder value)
        {
            at++;
            var digits = Peek switch { 'x' => 2, 'u' => 4, _ => 0 };
            if (digits > 0)
            {
                if (at + digits >= text.Length
                    || !ushort.TryParse(text.AsSpan(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
                    || code == 0 || char.IsSurrogate((char)code))
                    throw IllFormed();
                value.Append((char)code);
                at += digits;
                return;
            }

            _ = Peek switch
            {
                'n' => value.Append('\n'),
                'r' => value.Append('\r'),
                't' => value.Append('\t'),
                '\\' or '\'' or '"' => value.Append(Peek),
                var other => value.Append('\\').Append(other),
            };
        }

        private static PlaneException IllFormed() =>
            MlflowErrors.Invalid(Start + "a non-empty list of string values, but got ill-formed list.");
    }
}
