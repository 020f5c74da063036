using MlopsPlane.ExperimentTracker.Runs.Reading;

namespace MlopsPlane.ExperimentTracker.Runs.Logging;

/// <summary>A log-batch request as it was sent: every required field is there, no other rule was applied yet.</summary>
/// <param name="ModelMetrics">Those of the metrics that name a logged model.</param>
internal sealed record Batch(
    string RunId, IReadOnlyList<MetricPoint> Metrics, IReadOnlyList<ModelMetricEntry> ModelMetrics,
    IReadOnlyList<KeyValuePair<string, string>> Params, IReadOnlyList<KeyValuePair<string, string>> Tags);
