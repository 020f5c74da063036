using System.Text.Json;
using Microsoft.ML.OnnxRuntime.Tensors;
using MlopsPlane.InferenceGateway.ModelStore;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.OnnxRuntime;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.External;

/// <summary>Reads what an external server's model takes and gives from its metadata in the inference protocol.</summary>
internal static class ExternalSignature
{
    private const int MaxTensors = 1000;

    /// <exception cref="ModelRefusedException">It has tensors that the protocol does not know.</exception>
    /// <exception cref="PlaneException">The server does not answer, or not as the protocol says.</exception>
    public static async Task<ModelSignature> ReadAsync(ExternalServer server, string model, CancellationToken ct)
    {
        using var response = await server.SendAsync(HttpMethod.Get, $"/v2/models/{Uri.EscapeDataString(model)}", content: null, ct);
        var body = await server.BodyAsync(response, length => new byte[length], ct);
        try
        {
            using var json = JsonDocument.Parse(body);
            var (inputs, outputs) = (Tensors(json.RootElement, "inputs"), Tensors(json.RootElement, "outputs"));
            if (inputs.Count == 0 || outputs.Count == 0)
                throw new ModelRefusedException($"The model '{model}' of the external server has no inputs or no outputs.");
            return new ModelSignature(inputs, outputs, inputs.Concat(outputs).All(CountsRows));
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw server.Unreadable("its metadata of the model are not those of the inference protocol");
        }
    }

    private static List<TensorSpec> Tensors(JsonElement metadata, string field)
    {
        var tensors = metadata.GetProperty(field);
        if (tensors.GetArrayLength() > MaxTensors)
            throw new ModelRefusedException($"The external server's model has more than {MaxTensors} {field}.");
        return [.. tensors.EnumerateArray().Select(Tensor)];
    }

    private static TensorSpec Tensor(JsonElement tensor)
    {
        var (name, datatype) = (tensor.GetProperty("name").GetString() ?? throw new FormatException(), tensor.GetProperty("datatype").GetString() ?? throw new FormatException());
        long[] shape = [.. tensor.GetProperty("shape").EnumerateArray().Select(size => Math.Max(size.GetInt64(), -1))];
        if (shape.Length > TensorSlot.MaxRank)
            throw new ModelRefusedException($"'{name}' of the external server's model has more than {TensorSlot.MaxRank} dimensions.");
        return Datatype.Of(datatype) is { } type
            ? new TensorSpec(name, type, shape, [.. shape.Select(_ => "")])
            : throw new ModelRefusedException($"'{name}' of the external server's model has the datatype '{datatype}', which the inference protocol does not know.");
    }

    private static bool CountsRows(TensorSpec tensor) => tensor.Shape is [-1, ..] && tensor.Type != TensorElementType.String;
}
