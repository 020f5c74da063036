using System.Reflection;
using System.Text.Json;
using MlopsPlane.Contracts;

namespace MlopsPlane.Messaging;

/// <summary>The events of Contracts by their wire name, their kinds, and their JSON form.</summary>
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

    private static readonly Dictionary<string, Type> ByKind = typeof(IEvent).Assembly.GetTypes()
        .Where(type => type.GetCustomAttribute<EventKindAttribute>() is not null)
        .ToDictionary(type => type.GetCustomAttribute<EventKindAttribute>()!.Name, StringComparer.Ordinal);

    /// <summary>Every event type by its full name.</summary>
    public static IReadOnlyDictionary<string, Type> Types => ByName;

    /// <summary>The marker interface of each kind by the word before the colon of its aggregates.</summary>
    public static IReadOnlyDictionary<string, Type> Kinds => ByKind;

    public static string NameOf(IEvent fact) => fact.GetType().FullName!;

    /// <summary>The kind of an event type.</summary>
    /// <exception cref="InvalidOperationException">It implements no marker interface, or several.</exception>
    public static string KindOf(Type type)
    {
        var kinds = ByKind.Where(kind => type.IsAssignableTo(kind.Value)).Select(kind => kind.Key).ToList();
        return kinds is [var one] ? one : throw new InvalidOperationException($"{type.Name} must implement one marker interface of a kind, and implements {kinds.Count}.");
    }

    /// <summary>
    /// What stands in the place of an event that an operator gave up: the name of its aggregate's kind, which is no event's.
    /// Consumers pass over it as over an event of a newer build. Null where the aggregate is of no kind, which nobody follows.
    /// </summary>
    public static string? GivenUp(string aggregate) => ByKind.GetValueOrDefault(KindOf(aggregate))?.FullName;

    /// <summary>The kind of an aggregate: what stands before its colon.</summary>
    public static string KindOf(string aggregate) => aggregate[..Math.Max(0, aggregate.IndexOf(':'))];

    public static string Serialize(IEvent fact) => JsonSerializer.Serialize(fact, fact.GetType(), Json);

    /// <summary>Reads an event back; null when this build does not know its type.</summary>
    /// <exception cref="JsonException">The payload is not that event.</exception>
    public static IEvent? Deserialize(string type, string payload) =>
        ByName.TryGetValue(type, out var known) ? (IEvent?)JsonSerializer.Deserialize(payload, known, Json) : null;
}
