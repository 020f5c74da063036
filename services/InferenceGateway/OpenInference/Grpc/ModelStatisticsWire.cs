using MlopsPlane.InferenceGateway.OpenInference.Grpc.Wire;

namespace MlopsPlane.InferenceGateway.OpenInference.Grpc;

/// <summary>The protocol's statistics as gRPC carries them.</summary>
internal static class ModelStatisticsWire
{
    public static ModelStatistics Of(ModelStatisticsView view)
    {
        var stats = view.InferenceStats;
        return new()
        {
            Name = view.Name,
            Version = view.Version,
            LastInference = (ulong)view.LastInference,
            InferenceCount = (ulong)view.InferenceCount,
            ExecutionCount = (ulong)view.ExecutionCount,
            InferenceStats = new()
            {
                Success = Of(stats["success"]),
                Fail = Of(stats["fail"]),
                Queue = Of(stats["queue"]),
                ComputeInput = Of(stats["compute_input"]),
                ComputeInfer = Of(stats["compute_infer"]),
                ComputeOutput = Of(stats["compute_output"]),
                CacheHit = Of(stats["cache_hit"]),
                CacheMiss = Of(stats["cache_miss"]),
            },
        };
    }

    private static StatisticDuration Of(ModelStatisticsView.Duration duration) => new() { Count = (ulong)duration.Count, Ns = (ulong)duration.Nanoseconds };
}
