using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using MlopsPlane.InferenceGateway.OpenInference.Rest;
using MlopsPlane.InferenceGateway.Tensors;

namespace MlopsPlane.InferenceGateway.External;

/// <summary>
/// A request's tensors on their way to another server, in the binary form of the inference protocol. They are not copied:
/// nothing may be done with the item before <see cref="EndAsync"/>.
/// </summary>
internal sealed class ExternalRequest : HttpContent
{
    private readonly ArrayBufferWriter<byte> header = new(512);
    private readonly InferenceItem item;
    private readonly long length;
    private Task? sending;

    public ExternalRequest(InferenceItem item)
    {
        this.item = item;
        using (var json = new Utf8JsonWriter(header, new JsonWriterOptions { SkipValidation = true }))
            Compose(json);
        length = header.WrittenCount;
        foreach (var input in item.Inputs)
            length += input.Data.Length;
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        Headers.Add(Infer.HeaderLength, header.WrittenCount.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Waits until nothing of the item is read any more; of a request that broke off too.</summary>
    public async Task EndAsync()
    {
        if (sending is { } started)
            await started.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        sending = WriteAsync(stream, cancellationToken);

    // Known, so that the request is not sent in chunks.
    protected override bool TryComputeLength(out long length)
    {
        length = this.length;
        return true;
    }

    private void Compose(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("inputs"u8);
        for (var i = 0; i < item.Inputs.Length; i++)
        {
            var (spec, slot) = (item.Signature.Inputs[i], item.Inputs[i]);
            json.WriteStartObject();
            json.WriteString("name"u8, spec.Name);
            json.WriteString("datatype"u8, Datatype.NameOf(spec.Type));
            json.WriteStartArray("shape"u8);
            foreach (var size in slot.Shape)
                json.WriteNumberValue(size);
            json.WriteEndArray();
            json.WriteStartObject("parameters"u8);
            json.WriteNumber("binary_data_size"u8, slot.Data.Length);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("parameters"u8);
        json.WriteBoolean("binary_data_output"u8, true);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private async Task WriteAsync(Stream stream, CancellationToken ct)
    {
        await stream.WriteAsync(header.WrittenMemory, ct);
        foreach (var input in item.Inputs)
        {
            foreach (var part in input.Data)
                await stream.WriteAsync(part, ct);
        }
    }
}
