using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.ML.OnnxRuntime.Tensors;
using MlopsPlane.InferenceGateway.OpenInference.SharedMemory;
using MlopsPlane.InferenceGateway.Serving;
using MlopsPlane.InferenceGateway.Tensors;

namespace MlopsPlane.InferenceGateway.OpenInference.Rest;

/// <summary>Writes an item's answer in JSON, with binary tensors behind it where they were asked for.</summary>
internal sealed class InferResponseWriter : IDisposable
{
    [ThreadStatic]
    private static InferResponseWriter? free;

    // What a large answer made grow is given back.
    private const int KeptBytes = 256 * 1024;
    private ArrayBufferWriter<byte> buffer = new(1024);
    private readonly Utf8JsonWriter json;

    private InferResponseWriter() => json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });

    public static async Task WriteAsync(HttpContext http, InferenceCall call, InferRequest request, string id)
    {
        var item = call.Item;
        var writer = free ?? new InferResponseWriter();
        free = null;
        try
        {
            var binary = writer.Compose(call, request, id);
            var response = http.Response;
            var header = writer.buffer.WrittenCount;
            response.ContentType = binary > 0 ? "application/octet-stream" : "application/json";
            if (binary > 0)
                response.Headers[Infer.HeaderLength] = header.ToString(CultureInfo.InvariantCulture);
            if (AnswerEncoding.Of(http, header + binary) is { } encoding)
            {
                var compressed = AnswerEncoding.Compress(response, encoding, stream => writer.WriteTo(stream, item, binary));
                await response.BodyWriter.WriteAsync(compressed, http.RequestAborted);
                return;
            }

            response.ContentLength = header + binary;
            response.BodyWriter.Write(writer.buffer.WrittenSpan);
            for (var i = 0; binary > 0 && i < item.Outputs.Length; i++)
            {
                if (item.Outputs[i] is { Present: true, Binary: true } output)
                    response.BodyWriter.Write(output.Data.FirstSpan);
            }

            await response.BodyWriter.FlushAsync(http.RequestAborted);
        }
        finally
        {
            writer.Reset();
            free = writer;
        }
    }

    public void Dispose() => json.Dispose();

    private void WriteTo(Stream stream, InferenceItem item, long binary)
    {
        stream.Write(buffer.WrittenSpan);
        for (var i = 0; binary > 0 && i < item.Outputs.Length; i++)
        {
            if (item.Outputs[i] is { Present: true, Binary: true } output)
                stream.Write(output.Data.FirstSpan);
        }
    }

    private long Compose(InferenceCall call, InferRequest request, string id)
    {
        var item = call.Item;
        json.WriteStartObject();
        json.WriteString("model_name"u8, call.Deployment.Spec.Name);
        json.WriteString("model_version"u8, call.Version.VersionText);
        json.WriteString("id"u8, id);
        json.WriteStartObject("parameters"u8);
        json.WriteString("variant"u8, call.Variant.Spec.Name);
        json.WriteEndObject();
        json.WriteStartArray("outputs"u8);
        var binary = 0L;
        for (var i = 0; i < item.Outputs.Length; i++)
        {
            var output = item.Outputs[i];
            if (request.NamesOutputs && !output.Present)
                continue;
            output.Present = true;
            var type = item.Signature.Outputs[i].Type;
            // The 16-bit floats have no JSON form.
            output.Binary |= request.BinaryOutput || !Datatype.HasJsonForm(type);
            if (output.Place is not null)
                output.Binary = false;
            if (output.Classes > 0)
                (output.Binary, type) = (false, Classification.Apply(output, type));
            json.WriteStartObject();
            json.WriteString("name"u8, item.Signature.OutputName(i));
            json.WriteString("datatype"u8, Datatype.NameOf(type));
            json.WriteStartArray("shape"u8);
            foreach (var size in output.Shape)
                json.WriteNumberValue(size);
            json.WriteEndArray();
            if (output.Place is { } place)
            {
                WritePlace(place, item.Signature.Outputs[i].Name, output);
            }
            else if (output.Binary)
            {
                binary += output.Data.Length;
                json.WriteStartObject("parameters"u8);
                json.WriteNumber("binary_data_size"u8, output.Data.Length);
                json.WriteEndObject();
            }
            else
            {
                json.WriteStartArray("data"u8);
                Elements(output.Data.FirstSpan, type);
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return binary;
    }

    private void WritePlace(SharedPlace place, string name, TensorSlot output)
    {
        place.Write(name, output.Data);
        json.WriteStartObject("parameters"u8);
        json.WriteString(SharedPlaceRequest.RegionKey, place.Region.Name);
        json.WriteNumber(SharedPlaceRequest.OffsetKey, place.Offset);
        json.WriteNumber(SharedPlaceRequest.BytesKey, output.Data.Length);
        json.WriteEndObject();
    }

    private void Elements(ReadOnlySpan<byte> data, TensorElementType type)
    {
        while (data.Length > 0)
            data = data[Element.Write(json, data, type)..];
    }

    private void Reset()
    {
        if (buffer.Capacity > KeptBytes)
            buffer = new ArrayBufferWriter<byte>(1024);
        buffer.ResetWrittenCount();
        json.Reset(buffer);
    }
}
