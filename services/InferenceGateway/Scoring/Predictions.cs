using System.Text.Json;
using Microsoft.AspNetCore.Http;
using MlopsPlane.InferenceGateway.Tensors;

namespace MlopsPlane.InferenceGateway.Scoring;

/// <summary>
/// Writes an answer as MLflow's onnx flavor gives it: for tensors <c>{"predictions": {output: nested list}}</c>; for rows of
/// a data frame a list with a record a row, <c>{"predictions": [{output: value}]}</c>. Where an output has several elements a
/// row the value is their list; MLflow makes more rows of them than were sent, so that nobody can tell whose they are. NaN
/// and the infinities become null.
/// </summary>
internal static class Predictions
{
    /// <param name="records">The request had rows of a data frame.</param>
    public static async Task WriteAsync(HttpContext http, InferenceItem item, bool records)
    {
        http.Response.ContentType = "application/json";
        Write(http, item, records);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    private static void Write(HttpContext http, InferenceItem item, bool records)
    {
        using var json = new Utf8JsonWriter(http.Response.BodyWriter, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        json.WritePropertyName("predictions"u8);
        if (records && RowsOf(item) is { } rows)
            Records(json, item, rows);
        else
            Tensors(json, item);
        json.WriteEndObject();
    }

    /// <summary>Rows that every output has; null when they differ.</summary>
    private static long? RowsOf(InferenceItem item)
    {
        long? rows = null;
        foreach (var output in item.Outputs)
        {
            if (output.Rank == 0 || (rows is { } before && before != output.Shape[0]))
                return null;
            rows = output.Shape[0];
        }

        return rows;
    }

    private static void Records(Utf8JsonWriter json, InferenceItem item, long rows)
    {
        var at = new int[item.Outputs.Length];
        json.WriteStartArray();
        for (var row = 0L; row < rows; row++)
        {
            json.WriteStartObject();
            for (var i = 0; i < at.Length; i++)
            {
                var (output, type) = (item.Outputs[i], item.Signature.Outputs[i].Type);
                json.WritePropertyName(item.Signature.OutputName(i));
                var shape = output.Shape[1..];
                var rest = output.Data.FirstSpan[at[i]..];
                at[i] += Nested(json, rest, type, TensorSlot.ElementsOf(shape) == 1 ? [] : shape);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Tensors(Utf8JsonWriter json, InferenceItem item)
    {
        json.WriteStartObject();
        for (var i = 0; i < item.Outputs.Length; i++)
        {
            json.WritePropertyName(item.Signature.OutputName(i));
            Nested(json, item.Outputs[i].Data.FirstSpan, item.Signature.Outputs[i].Type, item.Outputs[i].Shape);
        }

        json.WriteEndObject();
    }

    /// <returns>How many bytes the tensor takes.</returns>
    private static int Nested(Utf8JsonWriter json, ReadOnlySpan<byte> data, Microsoft.ML.OnnxRuntime.Tensors.TensorElementType type, ReadOnlySpan<long> shape)
    {
        if (shape.Length == 0)
            return Element.Write(json, data, type);
        var used = 0;
        json.WriteStartArray();
        for (var i = 0L; i < shape[0]; i++)
            used += Nested(json, data[used..], type, shape[1..]);
        json.WriteEndArray();
        return used;
    }
}
