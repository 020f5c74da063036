using System.Buffers;
using System.Text;
using System.Text.Json;
using MlopsPlane.ExperimentTracker.Runs.Reading;

namespace MlopsPlane.ExperimentTracker.Runs.Exporting;

/// <summary>A form in which runs leave, one after another.</summary>
internal abstract class RunFormat(string contentType, string extension)
{
    public string ContentType { get; } = contentType;

    public string Extension { get; } = extension;

    public virtual void Begin(IBufferWriter<byte> output)
    {
    }

    public abstract void Write(IBufferWriter<byte> output, FullRun run);
}

/// <summary>MLflow's Run message, one a line.</summary>
internal sealed class NdjsonFormat() : RunFormat("application/x-ndjson", "ndjson")
{
    public override void Write(IBufferWriter<byte> output, FullRun run)
    {
        using (var writer = new Utf8JsonWriter(output))
            RunJson.WriteRun(writer, run);
        output.Write("\n"u8);
    }
}

/// <summary>RFC 4180: a column for each field of the run and each key that runs of the experiments have.</summary>
internal sealed class CsvFormat(ExportedKeys keys) : RunFormat("text/csv; charset=utf-8", "csv")
{
    private static readonly string[] Fields =
        ["run_id", "run_name", "experiment_id", "user_id", "status", "start_time", "end_time", "lifecycle_stage", "artifact_uri"];

    private readonly StringBuilder line = new();

    public override void Begin(IBufferWriter<byte> output) => Row(output,
        [.. Fields, .. keys.Params.Select(key => "params." + key), .. keys.Metrics.Select(key => "metrics." + key), .. keys.Tags.Select(key => "tags." + key)]);

    public override void Write(IBufferWriter<byte> output, FullRun run)
    {
        var info = run.Info;
        var (parameters, tags) = (run.Params.ToDictionary(StringComparer.Ordinal), run.Tags.ToDictionary(StringComparer.Ordinal));
        var metrics = run.Metrics.ToDictionary(metric => metric.Key, metric => metric.Value, StringComparer.Ordinal);
        Row(output,
        [
            info.RunId, info.Name, $"{info.ExperimentId}", info.UserId, info.Status, $"{info.StartTime}", $"{info.EndTime}", info.LifecycleStage, info.ArtifactUri,
            .. keys.Params.Select(key => parameters.GetValueOrDefault(key)),
            .. keys.Metrics.Select(key => metrics.TryGetValue(key, out var value) ? value.ToString("R", System.Globalization.CultureInfo.InvariantCulture) : null),
            .. keys.Tags.Select(key => tags.GetValueOrDefault(key)),
        ]);
    }

    private void Row(IBufferWriter<byte> output, IReadOnlyList<string?> cells)
    {
        line.Clear();
        for (var i = 0; i < cells.Count; i++)
        {
            if (i > 0)
                line.Append(',');
            Cell(cells[i]);
        }

        line.Append("\r\n");
        Encoding.UTF8.GetBytes(line.ToString(), output);
    }

    private void Cell(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return;
        if (text.AsSpan().IndexOfAny("\",\r\n") < 0)
            line.Append(text);
        else
            line.Append('"').Append(text.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
    }
}
