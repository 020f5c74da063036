using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using MlopsPlane.ExperimentTracker.Runs.Reading;

namespace MlopsPlane.ExperimentTracker.Runs.Logging;

/// <summary>
/// Reads a log-batch request in one pass, without a document in between. It takes only the plain form that clients send:
/// known fields once each, of their own types, in ASCII without escapes. Whatever else a request may be is left to the
/// general reader, which knows every rule and message.
/// </summary>
internal ref struct BatchReader
{
    private readonly KeyCache keys = new();
    private readonly List<MetricPoint> metrics = [];
    private readonly List<ModelMetricEntry> modelMetrics = [];
    private readonly List<KeyValuePair<string, string>> parameters = [];
    private readonly List<KeyValuePair<string, string>> tags = [];
    private Utf8JsonReader json;
    private string? runId;

    private BatchReader(ReadOnlySpan<byte> body) => json = new Utf8JsonReader(body);

    /// <summary>The request; null when it is not of the plain form.</summary>
    public static Batch? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new BatchReader(body);
            return reader.ReadBatch() && reader.runId is { Length: > 0 } runId && !reader.json.Read()
                ? new Batch(runId, reader.metrics, reader.modelMetrics, reader.parameters, reader.tags)
                : null;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // Also for a lone surrogate in a name: the general reader has the words for it.
            return null;
        }
    }

    private bool ReadBatch()
    {
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            return false;
        var seen = 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var (field, known) = json.ValueTextEquals("run_id"u8) ? (1, ReadText(out runId))
                : json.ValueTextEquals("metrics"u8) ? (2, ReadMetrics())
                : json.ValueTextEquals("params"u8) ? (4, ReadPairs(parameters))
                : json.ValueTextEquals("tags"u8) ? (8, ReadPairs(tags))
                : (0, false);
            if (!known || (seen & field) != 0)
                return false;
            seen |= field;
        }

        return json.TokenType == JsonTokenType.EndObject;
    }

    private bool ReadMetrics()
    {
        if (!json.Read() || json.TokenType != JsonTokenType.StartArray)
            return false;
        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            if (!ReadMetric())
                return false;
        }

        return json.TokenType == JsonTokenType.EndArray;
    }

    private bool ReadMetric()
    {
        string? key = null, model = null, name = null, digest = null;
        var (value, timestamp, step, seen) = (0.0, 0L, 0L, 0);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var (field, known) = json.ValueTextEquals("key"u8) ? (1, ReadText(out key))
                : json.ValueTextEquals("value"u8) ? (2, ReadDouble(out value))
                : json.ValueTextEquals("timestamp"u8) ? (4, ReadInt64(out timestamp))
                : json.ValueTextEquals("step"u8) ? (8, ReadInt64(out step))
                : json.ValueTextEquals("model_id"u8) ? (16, ReadText(out model))
                : json.ValueTextEquals("dataset_name"u8) ? (32, ReadText(out name))
                : json.ValueTextEquals("dataset_digest"u8) ? (64, ReadText(out digest))
                : (0, false);
            if (!known || (seen & field) != 0)
                return false;
            seen |= field;
        }

        if (json.TokenType != JsonTokenType.EndObject || (seen & 7) != 7 || key is not { Length: > 0 })
            return false;
        var point = new MetricPoint(key, value, timestamp, step);
        metrics.Add(point);
        if (MetricMessage.ModelEntry(point, model, name, digest) is { } entry)
            modelMetrics.Add(entry);
        return true;
    }

    private bool ReadPairs(List<KeyValuePair<string, string>> pairs)
    {
        if (!json.Read() || json.TokenType != JsonTokenType.StartArray)
            return false;
        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            string? key = null, value = null;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var known = json.ValueTextEquals("key"u8) ? key is null && ReadText(out key)
                    : json.ValueTextEquals("value"u8) && value is null && ReadText(out value);
                if (!known)
                    return false;
            }

            if (json.TokenType != JsonTokenType.EndObject || key is not { Length: > 0 })
                return false;
            pairs.Add(new(key, value ?? ""));
        }

        return json.TokenType == JsonTokenType.EndArray;
    }

    private bool ReadText(out string? text)
    {
        text = null;
        if (!json.Read() || json.TokenType != JsonTokenType.String || json.ValueIsEscaped || !Ascii.IsValid(json.ValueSpan))
            return false;
        text = json.ValueSpan.Length <= 64 ? keys.Get(json.ValueSpan) : Encoding.ASCII.GetString(json.ValueSpan);
        return true;
    }

    /// <summary>A whole number, or its digits as text, as protobuf writes 64 bits.</summary>
    private bool ReadInt64(out long number)
    {
        number = 0;
        if (!json.Read())
            return false;
        return json.TokenType switch
        {
            JsonTokenType.Number => json.TryGetInt64(out number),
            JsonTokenType.String => !json.ValueIsEscaped && Utf8Parser.TryParse(json.ValueSpan, out number, out var read) && read == json.ValueSpan.Length,
            _ => false,
        };
    }

    private bool ReadDouble(out double number)
    {
        number = 0;
        if (!json.Read())
            return false;
        if (json.TokenType == JsonTokenType.Number)
            return json.TryGetDouble(out number) && double.IsFinite(number);
        if (json.TokenType != JsonTokenType.String || json.ValueIsEscaped)
            return false;
        number = json.ValueTextEquals("NaN"u8) ? double.NaN
            : json.ValueTextEquals("Infinity"u8) ? double.PositiveInfinity
            : json.ValueTextEquals("-Infinity"u8) ? double.NegativeInfinity
            : 0;
        return number is not 0;
    }
}
