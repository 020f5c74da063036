using System.Text.Json.Serialization;
using MlopsPlane.InferenceGateway.Serving;

namespace MlopsPlane.InferenceGateway.OpenInference;

/// <summary>The protocol's statistics of one version on this replica. Times in nanoseconds.</summary>
internal sealed record ModelStatisticsView
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("version")]
    public required string Version { get; init; }

    /// <summary>Milliseconds since 1970 UTC; 0 before the first.</summary>
    [JsonPropertyName("last_inference")]
    public long LastInference { get; init; }

    [JsonPropertyName("inference_count")]
    public long InferenceCount { get; init; }

    [JsonPropertyName("execution_count")]
    public long ExecutionCount { get; init; }

    [JsonPropertyName("inference_stats")]
    public required IReadOnlyDictionary<string, Duration> InferenceStats { get; init; }

    internal sealed record Duration([property: JsonPropertyName("count")] long Count, [property: JsonPropertyName("ns")] long Nanoseconds);

    public static ModelStatisticsView Of(ServedDeployment deployment, ServedVersion version)
    {
        var totals = version.Statistics;
        return new()
        {
            Name = deployment.Spec.Name,
            Version = version.VersionText,
            LastInference = totals.LastInference,
            InferenceCount = totals.Inferences,
            ExecutionCount = version.Executor.Runs,
            InferenceStats = new Dictionary<string, Duration>(StringComparer.Ordinal)
            {
                ["success"] = Shown(totals.Success),
                ["fail"] = Shown(totals.Failure),
                ["queue"] = Shown(totals.Queue),
                ["compute_input"] = Shown(totals.ComputeInput),
                ["compute_infer"] = Shown(totals.ComputeInfer),
                ["compute_output"] = Shown(totals.ComputeOutput),
                ["cache_hit"] = Shown(totals.CacheHit),
                ["cache_miss"] = Shown(totals.CacheMiss),
            },
        };
    }

    private static Duration Shown(ModelStatistics.Total total) => new(total.Count, total.Nanoseconds);
}
