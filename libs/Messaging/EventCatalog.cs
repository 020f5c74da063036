using System.Reflection;
using System.Text.Json;
using MlopsPlane.Contracts;

namespace MlopsPlane.Messaging;

/// <summary>The events of Contracts by their wire name, and their JSON form.</summary>
public static class EventCatalog
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        // A reader of version N meets fields of version N+1: unknown members are skipped, never an error.
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Skip,
    };

    private static readonly Dictionary<string, Type> ByName = typeof(IEvent).Assembly.GetTypes()
        .Where(type => type is { IsAbstract: false, IsInterface: false } && type.IsAssignableTo(typeof(IEvent)))
        .ToDictionary(type => type.FullName!, StringComparer.Ordinal);

    /// <summary>Every event type, for golden tests.</summary>
    public static IReadOnlyDictionary<string, Type> Types => ByName;

    public static string NameOf(IEvent fact) => fact.GetType().FullName!;

    public static string Serialize(IEvent fact) => JsonSerializer.Serialize(fact, fact.GetType(), Json);

    /// <summary>Reads an event back; null when this build does not know its type.</summary>
    /// <exception cref="JsonException">The payload is not that event.</exception>
    public static IEvent? Deserialize(string type, string payload) =>
        ByName.TryGetValue(type, out var known) ? (IEvent?)JsonSerializer.Deserialize(payload, known, Json) : null;
}
