using System.Globalization;
using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Rules;

namespace MlopsPlane.ExperimentTracker.Runs.Rules;

/// <summary>MLflow's rules on one metric, param or tag.</summary>
internal static class EntityRules
{
    private const int MaxParamValue = 6000;
    private const int MaxRunTagValue = 8000;
    private const int MaxExperimentTagValue = 5000;

    /// <param name="prefix">Where the metric stands in the request, e.g. <c>metrics[0].</c>.</param>
    public static void CheckMetric(in MetricPoint metric, string prefix)
    {
        KeyRules.CheckName(metric.Key, prefix + "name");
        if (metric.Timestamp < 0)
            throw MlflowErrors.Invalid(string.Create(CultureInfo.InvariantCulture,
                $"Invalid value {metric.Timestamp} for parameter '{prefix}timestamp' supplied: metric '{metric.Key}' (value={PythonText.Repr(metric.Value)}). Timestamp must be a nonnegative long (64-bit integer) "));
        KeyRules.CheckLength(metric.Key, KeyRules.MaxKeyLength, "Metric name");
    }

    /// <summary>Checks the metrics of a batch, in their order.</summary>
    public static void CheckMetrics(IReadOnlyList<MetricPoint> metrics)
    {
        string? checkedKey = null;
        for (var i = 0; i < metrics.Count; i++)
        {
            // Mostly the next metric has the key of the one before, or one without any fault.
            var metric = metrics[i];
            if (metric.Timestamp >= 0 && (ReferenceEquals(metric.Key, checkedKey) || KeyRules.IsPlainName(metric.Key)))
            {
                checkedKey = metric.Key;
                continue;
            }

            CheckMetric(metric, string.Create(CultureInfo.InvariantCulture, $"metrics[{i}]."));
            checkedKey = metric.Key;
        }
    }

    /// <summary>The param as it is stored: MLflow truncates a long value silently.</summary>
    public static KeyValuePair<string, string> Param(string key, string value, string prefix)
    {
        KeyRules.CheckName(key, prefix + "key");
        KeyRules.CheckLength(key, KeyRules.MaxKeyLength, "Param key");
        return new(key, KeyRules.Truncate(value, MaxParamValue));
    }

    /// <summary>The run's tag as it is stored: MLflow truncates a long value silently.</summary>
    public static KeyValuePair<string, string> RunTag(string key, string value, string prefix)
    {
        KeyRules.CheckName(key, prefix + "key");
        return RunTagAtCreation(key, value, prefix);
    }

    /// <summary>Tags that come with a new run may have any name, as in MLflow, within the limits of length.</summary>
    public static KeyValuePair<string, string> RunTagAtCreation(string key, string value, string prefix)
    {
        KeyRules.CheckLength(key, KeyRules.MaxKeyLength, prefix + "key");
        return new(key, KeyRules.Truncate(value, MaxRunTagValue));
    }

    public static void CheckExperimentTag(string key, string value)
    {
        KeyRules.CheckName(key, "key");
        CheckExperimentTagAtCreation(key, value);
    }

    /// <inheritdoc cref="RunTagAtCreation"/>
    public static void CheckExperimentTagAtCreation(string key, string value)
    {
        KeyRules.CheckLength(key, KeyRules.MaxKeyLength, "key");
        KeyRules.CheckLength(value, MaxExperimentTagValue, "value");
    }
}
