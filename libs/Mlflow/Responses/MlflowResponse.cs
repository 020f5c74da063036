using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Web.Responses;

namespace MlopsPlane.Mlflow.Responses;

/// <summary>Writes answers of MLflow's REST API without intermediate objects.</summary>
public static class MlflowResponse
{
    private const int KeptBufferBytes = 1 << 20;

    [ThreadStatic]
    private static Scratch? scratch;

    /// <summary>Writes <c>{}</c>.</summary>
    public static Task WriteEmptyAsync(HttpContext http) => WriteAsync(http, 0, static (_, _) => { });

    /// <summary>Writes one object; <paramref name="write"/> writes its properties. <paramref name="state"/> spares a closure.</summary>
    public static Task WriteAsync<TState>(HttpContext http, TState state, Action<Utf8JsonWriter, TState> write)
    {
        var mine = scratch ?? new Scratch();
        scratch = null;
        mine.Buffer.ResetWrittenCount();
        mine.Writer.Reset();
        mine.Writer.WriteStartObject();
        write(mine.Writer, state);
        mine.Writer.WriteEndObject();
        mine.Writer.Flush();

        var response = http.Response;
        response.ContentType = "application/json";
        response.ContentLength = mine.Buffer.WrittenCount;
        response.BodyWriter.Write(mine.Buffer.WrittenSpan);
        if (mine.Buffer.Capacity <= KeptBufferBytes)
            scratch = mine;
        var flush = response.BodyWriter.FlushAsync(http.RequestAborted);
        return flush.IsCompletedSuccessfully ? Task.CompletedTask : flush.AsTask();
    }

    /// <summary>A double as MLflow sends it: NaN and the infinities as strings, and a whole number still a float to its reader.</summary>
    public static void WriteDouble(this Utf8JsonWriter writer, string name, double value)
    {
        if (!double.IsFinite(value))
        {
            writer.WriteString(name, double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
        }
        else if (Math.Floor(value) == value)
        {
            writer.WritePropertyName(name);
            WriteWhole(writer, value);
        }
        else
        {
            writer.WriteNumber(name, value);
        }
    }

    private static void WriteWhole(Utf8JsonWriter writer, double value)
    {
        Span<byte> text = stackalloc byte[32];
        if (Math.Abs(value) >= PythonText.FirstWithExponent || (value == 0 && double.IsNegative(value)))
        {
            writer.WriteRawValue(PythonText.Repr(value), skipInputValidation: true);
            return;
        }

        ((long)value).TryFormat(text, out var length, provider: CultureInfo.InvariantCulture);
        ".0"u8.CopyTo(text[length..]);
        writer.WriteRawValue(text[..(length + 2)], skipInputValidation: true);
    }

    /// <summary>A string that is left out when it is null.</summary>
    public static void WriteOptional(this Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
            writer.WriteString(name, value);
    }

    /// <summary>An integer that is left out when it is null.</summary>
    public static void WriteOptional(this Utf8JsonWriter writer, string name, long? value)
    {
        if (value is { } number)
            writer.WriteNumber(name, number);
    }

    private sealed class Scratch
    {
        public Scratch() => Writer = new Utf8JsonWriter(Buffer, JsonStream.Options);

        public ArrayBufferWriter<byte> Buffer { get; } = new(4096);

        public Utf8JsonWriter Writer { get; }
    }
}
