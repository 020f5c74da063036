using System.Buffers;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime.Tensors;
using MlopsPlane.Contracts.InferenceGateway.V1;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.ModelStore;
using MlopsPlane.InferenceGateway.OpenInference;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.OnnxRuntime;

namespace MlopsPlane.InferenceGateway.Sampling;

/// <summary>A copy of a tensor; without its elements where they are too many.</summary>
internal readonly record struct SampledSlot(long[] Shape, byte[]? Data);

/// <summary>A request that was drawn, with its answer, and what tells where it came from.</summary>
internal sealed class PayloadSample
{
    public required string Id { get; init; }

    public required Origin Call { get; init; }

    public required ModelSignature Signature { get; init; }

    /// <summary>What the model's <c>MLmodel</c> calls its columns; null without one.</summary>
    public required MlflowSignature? Columns { get; init; }

    public required SampledSlot[] Inputs { get; init; }

    public required SampledSlot[] Outputs { get; init; }

    public required long InputBytes { get; init; }

    public required long OutputBytes { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string? TraceParent { get; init; }

    internal sealed record Origin(string Workspace, DeploymentSpec Deployment, VariantSpec Variant, string Model, int Version, string Replica);

    /// <summary>The request and its answer as CloudEvents.</summary>
    public IReadOnlyList<InferenceSample> ToEvents() =>
    [
        Event(InferenceSample.RequestType, InputBytes, new() { Inputs = Tensors(Signature.Inputs, Inputs, Columns?.Inputs) }),
        Event(InferenceSample.ResponseType, OutputBytes, new() { Outputs = Tensors(Signature.Outputs, Outputs, Columns?.Outputs) }),
    ];

    private InferenceSample Event(string type, long bytes, SampledTensors data) => new()
    {
        Id = Id,
        Type = type,
        Source = $"/w/{Uri.EscapeDataString(Call.Workspace)}/v2/models/{Call.Deployment.Name}",
        Time = At,
        InferenceServiceName = Call.Deployment.Name,
        Namespace = Call.Workspace,
        Endpoint = EndpointOf(Call.Deployment, Call.Variant),
        Metadata = JsonSerializer.Serialize(new Dictionary<string, string>(StringComparer.Ordinal) { [PredictionId.ReplicaHeader] = Call.Replica }),
        RecordedTime = At,
        TraceParent = TraceParent,
        ModelName = Call.Model,
        ModelVersion = Call.Version,
        Variant = Call.Variant.Name,
        PayloadBytes = (int)Math.Min(bytes, int.MaxValue),
        PayloadCut = bytes > Call.Deployment.Sampling.MaxBytes,
        Data = data,
    };

    private static string EndpointOf(DeploymentSpec deployment, VariantSpec variant) => variant.Shadow ? "shadow"
        : variant.Name == deployment.Variants.Where(one => !one.Shadow).MaxBy(one => one.Weight)!.Name ? "default" : "canary";

    private static List<SampledTensor> Tensors(TensorSpec[] specs, SampledSlot[] slots, IReadOnlyList<MlflowField>? fields)
    {
        var columns = SampleColumns.Of(fields ?? [], specs);
        return [.. specs.Select((spec, i) => new SampledTensor
        {
            Name = spec.Name,
            Datatype = Datatype.NameOf(spec.Type)!,
            Shape = slots[i].Shape,
            Columns = SampleColumns.Fit(columns?[i], slots[i].Shape),
            Data = slots[i].Data is { } data ? Elements(data, spec.Type) : null,
        })];
    }

    private static JsonElement Elements(ReadOnlySpan<byte> data, TensorElementType type)
    {
        var buffer = new ArrayBufferWriter<byte>(data.Length + 16);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            json.WriteStartArray();
            while (data.Length > 0)
                data = data[Element.Write(json, data, type)..];
            json.WriteEndArray();
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }
}
