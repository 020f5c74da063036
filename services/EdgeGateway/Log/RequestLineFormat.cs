using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using MlopsPlane.Hosting.Logs;

namespace MlopsPlane.EdgeGateway.Log;

/// <summary>Lines as the other log of the process has them: one JSON object each, or text for people.</summary>
internal static class RequestLineFormat
{
    private const string Category = "MlopsPlane.EdgeGateway.Request";

    /// <summary>Of an IPv6 address with a scope.</summary>
    private const int MaxAddressLength = 65;

    private static readonly JsonEncodedText Timestamp = JsonEncodedText.Encode("Timestamp");
    private static readonly JsonEncodedText LogLevel = JsonEncodedText.Encode("LogLevel");
    private static readonly JsonEncodedText Information = JsonEncodedText.Encode("Information");
    private static readonly JsonEncodedText CategoryName = JsonEncodedText.Encode("Category");
    private static readonly JsonEncodedText CategoryValue = JsonEncodedText.Encode(Category);
    private static readonly JsonEncodedText State = JsonEncodedText.Encode("State");

    /// <summary>Appends the line and its end.</summary>
    public static void WriteJson(in RequestLine line, Utf8JsonWriter json, IBufferWriter<byte> to)
    {
        json.Reset(to);
        json.WriteStartObject();
        json.WriteString(Timestamp, line.At.UtcDateTime);
        json.WriteString(LogLevel, Information);
        json.WriteString(CategoryName, CategoryValue);
        json.WriteStartObject(State);
        json.WriteString("Method", line.Method);
        json.WriteString("Path", Redaction.Redact(line.Path));
        json.WriteNumber("Status", line.Status);
        json.WriteNumber("Milliseconds", Math.Round(line.Milliseconds, 2));
        json.WriteString("Identity", line.Identity);
        json.WriteString("Workspace", line.Workspace);
        json.WriteString("Replica", line.Replica);
        WriteClient(line.Client, json);
        json.WriteString("TraceId", TraceContext.IdOf(line.TraceParent));
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        to.Write("\n"u8);
    }

    private static void WriteClient(IPAddress? client, Utf8JsonWriter json)
    {
        Span<byte> text = stackalloc byte[MaxAddressLength];
        json.WriteString("Client", client is not null && client.TryFormat(text, out var length) ? text[..length] : []);
    }

    /// <inheritdoc cref="WriteJson"/>
    public static void WriteText(in RequestLine line, IBufferWriter<byte> to)
    {
        var text = string.Create(CultureInfo.InvariantCulture,
            $"info: {Category} {line.Method} {OnOneLine(Redaction.Redact(line.Path))} {line.Status} {line.Milliseconds:0.0} ms {line.Identity} {line.Workspace} {line.Replica} {line.Client}\n");
        Encoding.UTF8.GetBytes(text, to);
    }

    /// <summary>A path that holds an escaped line end must not write a second line.</summary>
    private static string OnOneLine(string path) =>
        path.Any(char.IsControl) ? string.Concat(path.Select(c => char.IsControl(c) ? $"%{(int)c:X2}" : c.ToString())) : path;
}
