using System.Text;
using System.Text.Json;

namespace MlopsPlane.Mlflow.Requests;

/// <summary><c>repr()</c> of what Python's <c>json.loads</c> and <c>base64.b64decode</c> return; messages show such values.</summary>
public static class PythonRepr
{
    public static string Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => PythonText.Repr(ProtoJson.TryString(value, out var text) ? text : "\ufffd"),
        JsonValueKind.True => "True",
        JsonValueKind.False => "False",
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.Array => $"[{string.Join(", ", value.EnumerateArray().Select(Of))}]",
        JsonValueKind.Object =>
            $"{{{string.Join(", ", value.EnumerateObject().Select(property => $"{PythonText.Repr(property.Name)}: {Of(property.Value)}"))}}}",
        _ => "None",
    };

    /// <summary><c>repr(bytes)</c>: <c>b'...'</c>, ASCII only.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var quote = bytes.Contains((byte)'\'') && !bytes.Contains((byte)'"') ? '"' : '\'';
        var text = new StringBuilder(bytes.Length + 3).Append('b').Append(quote);
        foreach (var one in bytes)
        {
            _ = (char)one switch
            {
                '\\' => text.Append(@"\\"),
                '\n' => text.Append(@"\n"),
                '\r' => text.Append(@"\r"),
                '\t' => text.Append(@"\t"),
                var c when c == quote => text.Append('\\').Append(c),
                < ' ' or > '~' => text.Append($"\\x{one:x2}"),
                var c => text.Append(c),
            };
        }

        return text.Append(quote).ToString();
    }
}
