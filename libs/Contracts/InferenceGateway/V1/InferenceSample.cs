using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlopsPlane.Contracts.InferenceGateway.V1;

/// <summary>
/// A request to a deployed model, or its answer, that was drawn as a sample: a CloudEvent 1.0 in its JSON form with the type
/// and the attributes of KServe's payload logger, and some of ours. It may be lost, and comes at most once.
/// </summary>
public sealed record InferenceSample
{
    public const string RequestType = "org.kubeflow.serving.inference.request";

    public const string ResponseType = "org.kubeflow.serving.inference.response";

    [JsonPropertyName("specversion")]
    public string SpecVersion { get; init; } = "1.0";

    /// <summary>The prediction's id, the same for the request, its answer and what shadows answered.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary><see cref="RequestType"/> or <see cref="ResponseType"/>.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>Path of the deployment.</summary>
    [JsonPropertyName("source")]
    public required string Source { get; init; }

    /// <summary>When the request was answered, UTC.</summary>
    [JsonPropertyName("time")]
    public required DateTimeOffset Time { get; init; }

    [JsonPropertyName("datacontenttype")]
    public string DataContentType { get; init; } = "application/json";

    /// <summary>Name of the deployment.</summary>
    [JsonPropertyName("inferenceservicename")]
    public required string InferenceServiceName { get; init; }

    /// <summary>Name of the workspace.</summary>
    [JsonPropertyName("namespace")]
    public required string Namespace { get; init; }

    [JsonPropertyName("component")]
    public string Component { get; init; } = "predictor";

    /// <summary><c>default</c> for the variant with the largest weight, <c>canary</c> for the others, <c>shadow</c> for one whose answers nobody gets.</summary>
    [JsonPropertyName("endpoint")]
    public required string Endpoint { get; init; }

    /// <summary>JSON object of headers of the answer: <c>X-Plane-Replica</c>.</summary>
    [JsonPropertyName("metadata")]
    public required string Metadata { get; init; }

    /// <summary>When the sample was drawn, UTC, in RFC 3339.</summary>
    [JsonPropertyName("recordedtime")]
    public required DateTimeOffset RecordedTime { get; init; }

    /// <summary>Trace context of the request; null when it was not traced.</summary>
    [JsonPropertyName("traceparent")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TraceParent { get; init; }

    /// <summary>Name of the registered model, or what a server outside calls its own.</summary>
    [JsonPropertyName("modelname")]
    public required string ModelName { get; init; }

    /// <summary>Number of its version; 0 for a server outside.</summary>
    [JsonPropertyName("modelversion")]
    public required int ModelVersion { get; init; }

    /// <summary>Name of the variant.</summary>
    [JsonPropertyName("variant")]
    public required string Variant { get; init; }

    /// <summary>Bytes of the tensors in their binary form.</summary>
    [JsonPropertyName("payloadbytes")]
    public required int PayloadBytes { get; init; }

    /// <summary>The tensors were too large: their names and shapes are here, their elements are not.</summary>
    [JsonPropertyName("payloadcut")]
    public required bool PayloadCut { get; init; }

    [JsonPropertyName("data")]
    public required SampledTensors Data { get; init; }
}

/// <summary>The tensors of a sample as the Open Inference Protocol writes them; of a request <c>inputs</c>, of an answer <c>outputs</c>.</summary>
public sealed record SampledTensors
{
    [JsonPropertyName("inputs")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SampledTensor>? Inputs { get; init; }

    [JsonPropertyName("outputs")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SampledTensor>? Outputs { get; init; }
}

public sealed record SampledTensor
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("datatype")]
    public required string Datatype { get; init; }

    [JsonPropertyName("shape")]
    public required IReadOnlyList<long> Shape { get; init; }

    /// <summary>Names of the positions of a row, by the model's signature; null where it names none.</summary>
    [JsonPropertyName("columns")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>The elements, flat in row-major order; NaN and the infinities are null. Null where they were cut out.</summary>
    [JsonPropertyName("data")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Data { get; init; }
}
