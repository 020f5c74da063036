using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using MlopsPlane.Cli.Import.Source;

namespace MlopsPlane.Cli.Import.Transfer;

/// <summary>Sends params and points of one run in as few of MLflow's log-batches as its limits allow.</summary>
internal sealed class LogBatch(Destination destination, string runId)
{
    private const int MaxEntities = 1000;
    private const int MaxParams = 100;

    /// <summary>The limit is a million; what is counted here is an upper bound already.</summary>
    private const int MaxBytes = 950_000;

    /// <summary>Bytes of one entry beside its texts, and of one character at most.</summary>
    private const int EntryBytes = 120;
    private const int CharacterBytes = 6;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private readonly List<KeyValuePair<string, string>> parameters = [];
    private readonly List<(string Key, HistoryPoint Point)> points = [];
    private int bytes;

    public async Task ParamAsync(string key, string value, CancellationToken ct)
    {
        var size = EntryBytes + (CharacterBytes * (key.Length + value.Length));
        if (parameters.Count == MaxParams || IsFull(size))
            await FlushAsync(ct);
        parameters.Add(new(key, value));
        bytes += size;
    }

    public async Task PointAsync(string key, HistoryPoint point, CancellationToken ct)
    {
        var size = EntryBytes + (CharacterBytes * key.Length);
        if (IsFull(size))
            await FlushAsync(ct);
        points.Add((key, point));
        bytes += size;
    }

    public async Task FlushAsync(CancellationToken ct)
    {
        if (parameters.Count + points.Count == 0)
            return;
        var buffer = new ArrayBufferWriter<byte>(Math.Min(bytes, MaxBytes));
        using (var writer = new Utf8JsonWriter(buffer, Options))
            Write(writer);
        (bytes, var sent) = (0, buffer.WrittenMemory);
        parameters.Clear();
        points.Clear();
        await destination.MlflowAsync("runs/log-batch", sent, ct);
    }

    private bool IsFull(int next) => parameters.Count + points.Count == MaxEntities || bytes + next > MaxBytes;

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("run_id", runId);
        writer.WriteStartArray("metrics");
        foreach (var (key, point) in points)
        {
            writer.WriteStartObject();
            writer.WriteString("key", key);
            if (double.IsNaN(point.Value))
                writer.WriteString("value", "NaN");
            else
                writer.WriteNumber("value", point.Value);
            writer.WriteNumber("timestamp", point.Timestamp);
            writer.WriteNumber("step", point.Step);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("params");
        foreach (var (key, value) in parameters)
        {
            writer.WriteStartObject();
            writer.WriteString("key", key);
            writer.WriteString("value", value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
