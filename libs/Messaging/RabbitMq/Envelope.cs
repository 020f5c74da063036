using System.Buffers;
using System.Text.Json;
using MlopsPlane.Contracts;
using MlopsPlane.Messaging.Inbox;
using MlopsPlane.Messaging.Outbox;

namespace MlopsPlane.Messaging.RabbitMq;

/// <summary>
/// MassTransit's message envelope (<c>application/vnd.masstransit+json</c>) with the event's JSON inside as it lies in
/// the outbox. What the inbox needs beside it travels in the envelope's headers.
/// </summary>
internal static class Envelope
{
    public const string ContentType = "application/vnd.masstransit+json";

    private const string Aggregate = "Plane-Aggregate";
    private const string Sequence = "Plane-Sequence";
    private const string EventType = "Plane-Type";
    private const string OccurredAt = "Plane-Occurred-At";
    private const string PreviousAt = "Plane-Previous-At";
    private const string Trace = "traceparent";

    private static readonly string AnyEvent = BusNames.Urn(typeof(IEvent).FullName!);

    /// <param name="trace">Trace context that the consumer's spans hang below.</param>
    /// <exception cref="JsonException">The payload is no JSON, or the aggregate of no kind.</exception>
    public static ReadOnlyMemory<byte> Write(OutboxMessage message, string? trace)
    {
        var buffer = new ArrayBufferWriter<byte>(message.Payload.Length + 1024);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("messageId", message.MessageId);
        json.WriteString("conversationId", message.MessageId);
        json.WriteStartArray("messageType");
        json.WriteStringValue(BusNames.Urn(message.Type));
        json.WriteStringValue(BusNames.Urn(KindOf(message.Aggregate).FullName!));
        json.WriteStringValue(AnyEvent);
        json.WriteEndArray();
        json.WritePropertyName("message");
        json.WriteRawValue(message.Payload);
        json.WriteStartObject("headers");
        json.WriteString(Aggregate, message.Aggregate);
        json.WriteNumber(Sequence, message.Sequence);
        json.WriteString(EventType, message.Type);
        json.WriteNumber(OccurredAt, message.OccurredAt);
        if (message.PreviousAt is { } previous)
            json.WriteNumber(PreviousAt, previous);
        if (trace is not null)
            json.WriteString(Trace, trace);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    /// <exception cref="PoisonMessageException">It is no envelope of an event.</exception>
    public static Delivery Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            var headers = Member(root, "headers");
            var (sequence, message) = (Member(headers, Sequence).GetInt64(), Member(root, "message").GetRawText());
            return new Delivery(Member(root, "messageId").GetGuid(), Text(headers, Aggregate), sequence, Text(headers, EventType), message)
            {
                OccurredAt = Member(headers, OccurredAt).GetInt64(),
                PreviousAt = headers.TryGetProperty(PreviousAt, out var previous) ? previous.GetInt64() : null,
                TraceParent = headers.TryGetProperty(Trace, out var trace) ? trace.GetString() : null,
            };
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException or FormatException)
        {
            throw new PoisonMessageException($"Not an event's envelope: {unreadable.Message}", unreadable);
        }
    }

    private static JsonElement Member(JsonElement of, string name) =>
        of.TryGetProperty(name, out var member) ? member : throw new FormatException($"{name} is missing.");

    private static string Text(JsonElement headers, string name) =>
        Member(headers, name).GetString() is { Length: > 0 } text ? text : throw new FormatException($"{name} is empty.");

    private static Type KindOf(string aggregate) =>
        EventCatalog.Kinds.TryGetValue(EventCatalog.KindOf(aggregate), out var kind) ? kind : throw new JsonException($"'{aggregate}' is an aggregate of no known kind.");
}

/// <summary>A message that no consumer can ever handle.</summary>
public sealed class PoisonMessageException(string message, Exception? cause = null) : Exception(message, cause);
