using MlopsPlane.Mlflow.Requests;

namespace MlopsPlane.Libs.Tests;

public sealed class PythonTextTests
{
    [Theory]
    [InlineData(1.0, "1.0")]
    [InlineData(0.1, "0.1")]
    [InlineData(1e16, "1e+16")]
    [InlineData(1e22, "1e+22")]
    [InlineData(123456789012345680.0, "1.2345678901234568e+17")]
    [InlineData(9007199254740993.0, "9007199254740992.0")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(-1.5e-7, "-1.5e-07")]
    [InlineData(1e-6, "1e-06")]
    [InlineData(1e-7, "1e-07")]
    [InlineData(1e23, "1e+23")]
    [InlineData(0.001, "0.001")]
    [InlineData(123.456, "123.456")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(-0.0, "-0.0")]
    [InlineData(1.7976931348623157e308, "1.7976931348623157e+308")]
    public void A_float_is_written_as_python_writes_it(double value, string expected) => Assert.Equal(expected, PythonText.Repr(value));

    [Theory]
    [InlineData("plain", "'plain'")]
    [InlineData("it's", "\"it's\"")]
    [InlineData("both ' and \"", "'both \\' and \"'")]
    [InlineData("tab\t", "'tab\\t'")]
    [InlineData("ü 日 😀", "'ü 日 😀'")]
    [InlineData("a\u00a0b\u200b", "'a\\xa0b\\u200b'")]
    [InlineData("\U000e0001", "'\\U000e0001'")]
    public void A_string_is_quoted_as_python_quotes_it(string value, string expected) => Assert.Equal(expected, PythonText.Repr(value));

    [Fact]
    public void Json_is_ascii_with_sorted_keys_and_no_blanks()
    {
        using var document = System.Text.Json.JsonDocument.Parse("""{"b": [1, 2.50, null], "a": "é"}""");
        Assert.Equal("""{"a":"\u00e9","b":[1,2.5,null]}""", PythonText.Json(document.RootElement));
    }
}
