using MlopsPlane.InferenceGateway.OpenInference.Grpc.Wire;

namespace MlopsPlane.InferenceGateway.OpenInference.Grpc;

/// <summary>The protocol's model configuration as gRPC carries it.</summary>
internal static class ModelConfigWire
{
    public static ModelConfig Of(ModelConfigView view)
    {
        var config = new ModelConfig
        {
            Name = view.Name,
            Platform = view.Platform,
            Backend = view.Backend,
            MaxBatchSize = view.MaxBatchSize,
            Input = { view.Input.Select(tensor => new ModelInput { Name = tensor.Name, DataType = Value<DataType>(tensor.DataType), Dims = { tensor.Dims } }) },
            Output = { view.Output.Select(tensor => new ModelOutput { Name = tensor.Name, DataType = Value<DataType>(tensor.DataType), Dims = { tensor.Dims } }) },
            InstanceGroup = { view.InstanceGroup.Select(group => new ModelInstanceGroup { Count = group.Count, Kind = KindOf(group.Kind) }) },
        };
        if (view.DynamicBatching is { } batching)
            config.DynamicBatching = Of(batching);
        return config;
    }

    private static ModelDynamicBatching Of(ModelConfigView.Batching batching) => new()
    {
        PreferredBatchSize = { batching.Preferred },
        MaxQueueDelayMicroseconds = (ulong)batching.MaxDelayMicroseconds,
        PriorityLevels = (ulong)batching.PriorityLevels,
        DefaultPriorityLevel = (ulong)batching.DefaultPriority,
        DefaultQueuePolicy = new()
        {
            DefaultTimeoutMicroseconds = (ulong)batching.Queue.TimeoutMicroseconds,
            AllowTimeoutOverride = batching.Queue.AllowOverride,
            MaxQueueSize = (uint)batching.Queue.MaxSize,
        },
    };

    private static ModelInstanceGroup.Types.Kind KindOf(string name) => Value<ModelInstanceGroup.Types.Kind>(name["KIND_".Length..]);

    /// <summary>The generated members are named as the protocol's values without the underscores.</summary>
    private static T Value<T>(string name) where T : struct, Enum => Enum.Parse<T>(name.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
}
