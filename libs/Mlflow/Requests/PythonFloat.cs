using System.Globalization;

namespace MlopsPlane.Mlflow.Requests;

/// <summary>Numbers as Python's <c>float(text)</c> reads them: also <c>inf</c>, <c>infinity</c> and <c>nan</c> in any case.</summary>
public static class PythonFloat
{
    public static bool TryParse(ReadOnlySpan<char> text, out double number)
    {
        var bare = text.Trim();
        var negative = bare.StartsWith('-');
        if (bare.TrimStart("+-").Equals("inf", StringComparison.OrdinalIgnoreCase) && bare.Length <= 4)
        {
            number = negative ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        return double.TryParse(bare, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }
}
