using System.Text.Json.Serialization;
using MlopsPlane.InferenceGateway.Serving;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.OnnxRuntime;

namespace MlopsPlane.InferenceGateway.OpenInference;

/// <summary>The protocol's model configuration, as far as a deployment has what Triton's has.</summary>
internal sealed record ModelConfigView
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("platform")]
    public required string Platform { get; init; }

    [JsonPropertyName("backend")]
    public string Backend { get; init; } = "onnxruntime";

    /// <summary>0 where requests are not put together; the dimensions then are those of the whole tensor.</summary>
    [JsonPropertyName("max_batch_size")]
    public int MaxBatchSize { get; init; }

    [JsonPropertyName("input")]
    public required IReadOnlyList<Tensor> Input { get; init; }

    [JsonPropertyName("output")]
    public required IReadOnlyList<Tensor> Output { get; init; }

    [JsonPropertyName("dynamic_batching")]
    public Batching? DynamicBatching { get; init; }

    [JsonPropertyName("instance_group")]
    public required IReadOnlyList<Instances> InstanceGroup { get; init; }

    internal sealed record Tensor(
        [property: JsonPropertyName("name")] string Name, [property: JsonPropertyName("data_type")] string DataType, [property: JsonPropertyName("dims")] IReadOnlyList<long> Dims);

    internal sealed record Batching(
        [property: JsonPropertyName("preferred_batch_size")] IReadOnlyList<int> Preferred,
        [property: JsonPropertyName("max_queue_delay_microseconds")] long MaxDelayMicroseconds,
        [property: JsonPropertyName("priority_levels")] int PriorityLevels,
        [property: JsonPropertyName("default_priority_level")] int DefaultPriority,
        [property: JsonPropertyName("default_queue_policy")] QueuePolicy Queue);

    internal sealed record QueuePolicy(
        [property: JsonPropertyName("default_timeout_microseconds")] long TimeoutMicroseconds, [property: JsonPropertyName("max_queue_size")] int MaxSize,
        [property: JsonPropertyName("allow_timeout_override")] bool AllowOverride = true);

    internal sealed record Instances([property: JsonPropertyName("kind")] string Kind, [property: JsonPropertyName("count")] int Count);

    public static ModelConfigView Of(ServedDeployment deployment, ServedVersion version)
    {
        var (signature, batching) = (version.Executor.Signature, deployment.Spec.Batching);
        var batches = signature.Batchable && batching.Enabled;
        return new()
        {
            Name = deployment.Spec.Name,
            Platform = version.Files is null ? "external" : ModelMetadata.OnnxPlatform,
            MaxBatchSize = batches ? batching.MaxBatch : 0,
            Input = [.. signature.Inputs.Select(spec => Shown(spec, batches))],
            Output = [.. signature.Outputs.Select(spec => Shown(spec, batches))],
            DynamicBatching = !batches ? null : new Batching(
                batching.Preferred, (long)(batching.MaxDelayMs * 1000), batching.PriorityLevels, batching.DefaultPriority,
                new QueuePolicy((batching.TimeoutMs ?? 0) * 1000L, batching.Queue)),
            InstanceGroup = [new Instances(version.Provider == "cpu" ? "KIND_CPU" : "KIND_GPU", deployment.Spec.Instances)],
        };
    }

    private static Tensor Shown(TensorSpec spec, bool batches) =>
        new(spec.Name, TypeOf(spec), [.. batches ? spec.Shape.Skip(1) : spec.Shape]);

    /// <summary>Triton's configuration calls text a string and prefixes all types.</summary>
    private static string TypeOf(TensorSpec spec) => Datatype.IsText(spec.Type) ? "TYPE_STRING" : $"TYPE_{Datatype.NameOf(spec.Type)}";
}
