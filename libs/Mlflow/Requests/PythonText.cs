using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MlopsPlane.Mlflow.Requests;

/// <summary>Values as Python prints them, which MLflow's messages contain and its clients match.</summary>
public static class PythonText
{
    /// <summary>From here on <c>repr(float)</c> has an exponent.</summary>
    public const double FirstWithExponent = 1e16;

    /// <summary><c>json.dumps(value, sort_keys=True, separators=(",", ":"))</c>: ASCII only, keys sorted.</summary>
    public static string Json(JsonElement? value)
    {
        var text = new StringBuilder();
        AppendJson(text, value);
        return text.ToString();
    }

    /// <inheritdoc cref="Json(JsonElement?)"/>
    public static string Json(string value)
    {
        var text = new StringBuilder(value.Length + 2);
        AppendJson(text, value);
        return text.ToString();
    }

    /// <summary>Name of the Python type that <c>json.loads</c> makes of the value.</summary>
    public static string TypeName(JsonElement? value) => value?.ValueKind switch
    {
        JsonValueKind.String => "str",
        JsonValueKind.Number => value.Value.GetRawText().AsSpan().ContainsAny(".eE") ? "float" : "int",
        JsonValueKind.True or JsonValueKind.False => "bool",
        JsonValueKind.Array => "list",
        JsonValueKind.Object => "dict",
        _ => "NoneType",
    };

    /// <summary><c>repr(str)</c>: single quotes, or double quotes when the text holds single ones only; what cannot be seen is escaped.</summary>
    public static string Repr(string value)
    {
        var quote = value.Contains('\'') && !value.Contains('"') ? '"' : '\'';
        var text = new StringBuilder(value.Length + 2).Append(quote);
        foreach (var rune in value.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '\\' => text.Append(@"\\"),
                '\n' => text.Append(@"\n"),
                '\r' => text.Append(@"\r"),
                '\t' => text.Append(@"\t"),
                _ when rune.Value == quote => text.Append('\\').Append(quote),
                _ when IsPrintable(rune) => text.Append(rune.ToString()),
                < 0x100 => text.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
                < 0x10000 => text.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
                _ => text.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}"),
            };
        }

        return text.Append(quote).ToString();
    }

    /// <summary><c>repr(list)</c> of strings.</summary>
    public static string Repr(IEnumerable<string> values) => $"[{string.Join(", ", values.Select(Repr))}]";

    /// <summary><c>repr(float)</c>: shortest digits that read back, <c>1.0</c>, <c>1e+16</c>, <c>nan</c>, <c>inf</c>.</summary>
    public static string Repr(double value)
    {
        if (double.IsNaN(value))
            return "nan";
        if (double.IsInfinity(value))
            return value > 0 ? "inf" : "-inf";
        // The shortest digits that read back, taken apart, since the two languages change to exponents at different sizes.
        var shortest = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        var (mantissa, power) = shortest.IndexOf('E', StringComparison.Ordinal) is >= 0 and var mark
            ? (shortest[..mark], int.Parse(shortest.AsSpan(mark + 1), CultureInfo.InvariantCulture))
            : (shortest, 0);
        var point = mantissa.IndexOf('.', StringComparison.Ordinal) is >= 0 and var at ? at : mantissa.Length;
        var all = mantissa.Replace(".", "", StringComparison.Ordinal);
        var digits = all.Trim('0') is { Length: > 0 } some ? some : "0";
        var exponent = value == 0 ? 0 : power + point - 1 - (all.Length - all.TrimStart('0').Length);
        var sign = double.IsNegative(value) ? "-" : "";
        if (exponent is < -4 or >= 16)
            return $"{sign}{digits[0]}{(digits.Length > 1 ? "." + digits[1..] : "")}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        if (exponent < 0)
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        digits = digits.PadRight(exponent + 1, '0');
        return $"{sign}{digits[..(exponent + 1)]}.{(digits.Length > exponent + 1 ? digits[(exponent + 1)..] : "0")}";
    }

    /// <summary><c>str.isprintable()</c> of one character.</summary>
    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);

    private static void AppendJson(StringBuilder text, JsonElement? value)
    {
        switch (value?.ValueKind)
        {
            case JsonValueKind.String:
                AppendJson(text, ProtoJson.TryString(value.Value, out var s) ? s : "\ufffd");
                break;
            case JsonValueKind.Number:
                var raw = value.Value.GetRawText();
                text.Append(raw.AsSpan().ContainsAny(".eE") && value.Value.TryGetDouble(out var number) ? Repr(number) : raw);
                break;
            case JsonValueKind.True:
                text.Append("true");
                break;
            case JsonValueKind.False:
                text.Append("false");
                break;
            case JsonValueKind.Array:
                AppendArray(text, value.Value);
                break;
            case JsonValueKind.Object:
                AppendObject(text, value.Value);
                break;
            default:
                text.Append("null");
                break;
        }
    }

    private static void AppendArray(StringBuilder text, JsonElement array)
    {
        text.Append('[');
        var first = true;
        foreach (var item in array.EnumerateArray())
        {
            if (!first)
                text.Append(',');
            first = false;
            AppendJson(text, item);
        }

        text.Append(']');
    }

    private static void AppendObject(StringBuilder text, JsonElement document)
    {
        text.Append('{');
        var first = true;
        foreach (var property in document.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal))
        {
            if (!first)
                text.Append(',');
            first = false;
            AppendJson(text, property.Name);
            text.Append(':');
            AppendJson(text, property.Value);
        }

        text.Append('}');
    }

    private static void AppendJson(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append(@"\\"),
                '\n' => text.Append(@"\n"),
                '\r' => text.Append(@"\r"),
                '\t' => text.Append(@"\t"),
                '\b' => text.Append(@"\b"),
                '\f' => text.Append(@"\f"),
                < ' ' or > '~' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }
}
