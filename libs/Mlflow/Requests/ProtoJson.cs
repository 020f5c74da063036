using System.Globalization;
using System.Text.Json;

namespace MlopsPlane.Mlflow.Requests;

/// <summary>Conversions of protobuf's JSON mapping, as Python's <c>ParseDict</c> makes them.</summary>
public static class ProtoJson
{
    /// <summary>A JSON string without lone surrogates.</summary>
    public static bool TryString(JsonElement value, out string text)
    {
        text = "";
        if (value.ValueKind != JsonValueKind.String)
            return false;
        try
        {
            text = value.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            // An escaped lone surrogate has no UTF-8 form.
            return false;
        }
    }

    /// <summary>Whether a property's name in a well-formed text has a lone surrogate, at which every look-up of a name would fail.</summary>
    public static bool HasBrokenName(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf("\\ud"u8) < 0 && json.IndexOf("\\uD"u8) < 0)
            return false;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MlflowRequest.MaxDepth });
        try
        {
            while (reader.Read())
            {
                if (reader is { TokenType: JsonTokenType.PropertyName, ValueIsEscaped: true })
                    reader.GetString();
            }

            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    /// <summary>A number without fraction, or its decimal text, within 64 bits.</summary>
    public static bool TryInt64(JsonElement value, out long number)
    {
        number = 0;
        switch (value.ValueKind)
        {
            case JsonValueKind.Number:
                if (value.TryGetInt64(out number))
                    return true;
                if (!value.TryGetDouble(out var floating) || floating != Math.Floor(floating) || Math.Abs(floating) >= 9.2233720368547748e18)
                    return false;
                number = (long)floating;
                return true;
            case JsonValueKind.String:
                return TryString(value, out var text)
                    && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
            default:
                return false;
        }
    }

    /// <summary>A finite number, a boolean as 1 or 0, or text: a number, <c>NaN</c>, <c>Infinity</c>, <c>-Infinity</c>.</summary>
    public static bool TryDouble(JsonElement value, out double number)
    {
        number = 0;
        switch (value.ValueKind)
        {
            case JsonValueKind.Number:
                return value.TryGetDouble(out number) && double.IsFinite(number);
            case JsonValueKind.True:
                number = 1;
                return true;
            case JsonValueKind.False:
                return true;
            case JsonValueKind.String:
                return TryString(value, out var text) && TryDouble(text, out number);
            default:
                return false;
        }
    }

    private static bool TryDouble(string text, out double number)
    {
        switch (text)
        {
            case "NaN":
                number = double.NaN;
                return true;
            case "Infinity":
                number = double.PositiveInfinity;
                return true;
            case "-Infinity":
                number = double.NegativeInfinity;
                return true;
            default:
                return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
        }
    }
}
