using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace MlopsPlane.Web.Telemetry;

/// <summary>Writes collected metrics in the Prometheus text format, version 0.0.4.</summary>
internal sealed class PrometheusText : BaseExporter<Metric>
{
    private readonly StringBuilder text = new();

    /// <summary>What the last collection wrote.</summary>
    public string Written { get; private set; } = "";

    public override ExportResult Export(in Batch<Metric> batch)
    {
        text.Clear();
        var families = new SortedDictionary<string, List<Metric>>(StringComparer.Ordinal);
        foreach (var metric in batch)
        {
            var name = NameOf(metric);
            if (!families.TryGetValue(name, out var members))
                families.Add(name, members = []);
            members.Add(metric);
        }

        foreach (var (name, members) in families)
            WriteFamily(name, members);
        Written = text.ToString();
        return ExportResult.Success;
    }

    private static string NameOf(Metric metric)
    {
        var name = new StringBuilder(metric.Name.Length + 8);
        foreach (var c in metric.Name)
            name.Append(char.IsAsciiLetterOrDigit(c) || c == '_' ? c : '_');
        if (metric.Unit == "s" && !metric.Name.EndsWith("seconds", StringComparison.Ordinal))
            name.Append("_seconds");
        else if (metric.Unit == "By" && !metric.Name.EndsWith("bytes", StringComparison.Ordinal))
            name.Append("_bytes");
        if (metric.MetricType is MetricType.LongSum or MetricType.DoubleSum)
            name.Append("_total");
        return name.ToString();
    }

    private static string TypeOf(Metric metric) => metric.MetricType switch
    {
        MetricType.LongSum or MetricType.DoubleSum => "counter",
        MetricType.Histogram => "histogram",
        _ => "gauge",
    };

    private void WriteFamily(string name, List<Metric> members)
    {
        if (members[0].Description is { Length: > 0 } help)
            text.Append("# HELP ").Append(name).Append(' ').Append(help.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal)).Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ').Append(TypeOf(members[0])).Append('\n');
        foreach (var metric in members)
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
                WritePoint(name, metric.MetricType, in point);
        }
    }

    private void WritePoint(string name, MetricType type, in MetricPoint point)
    {
        var labels = Labels(point.Tags);
        switch (type)
        {
            case MetricType.LongSum or MetricType.LongSumNonMonotonic:
                Line(name, labels, point.GetSumLong());
                break;
            case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic:
                Line(name, labels, point.GetSumDouble());
                break;
            case MetricType.LongGauge:
                Line(name, labels, point.GetGaugeLastValueLong());
                break;
            case MetricType.DoubleGauge:
                Line(name, labels, point.GetGaugeLastValueDouble());
                break;
            case MetricType.Histogram:
                WriteHistogram(name, labels, in point);
                break;
        }
    }

    private void WriteHistogram(string name, string labels, in MetricPoint point)
    {
        long cumulative = 0;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            cumulative += bucket.BucketCount;
            var bound = double.IsPositiveInfinity(bucket.ExplicitBound) ? "+Inf" : bucket.ExplicitBound.ToString("R", CultureInfo.InvariantCulture);
            Line(name + "_bucket", labels.Length == 0 ? $"le=\"{bound}\"" : $"{labels},le=\"{bound}\"", cumulative);
        }

        Line(name + "_sum", labels, point.GetHistogramSum());
        Line(name + "_count", labels, point.GetHistogramCount());
    }

    private static string Labels(ReadOnlyTagCollection tags)
    {
        var labels = new StringBuilder();
        foreach (var tag in tags)
        {
            if (labels.Length > 0)
                labels.Append(',');
            foreach (var c in tag.Key)
                labels.Append(char.IsAsciiLetterOrDigit(c) || c == '_' ? c : '_');
            var value = Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "";
            labels.Append("=\"").Append(value.Replace("\\", @"\\", StringComparison.Ordinal)
                .Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal)).Append('"');
        }

        return labels.ToString();
    }

    private void Line(string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
            text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(value switch
        {
            double.PositiveInfinity => "+Inf",
            double.NegativeInfinity => "-Inf",
            _ => value.ToString("R", CultureInfo.InvariantCulture),
        }).Append('\n');
    }
}
