namespace MlopsPlane.Contracts;

/// <summary>
/// A past-tense fact that one service publishes. Additive only; its namespace and name never change. Each event
/// implements one kind (<see cref="EventKindAttribute"/>), the interface that consumers follow.
/// </summary>
public interface IEvent
{
    /// <summary>The thing the fact is about, <c>kind:id</c>; facts of one aggregate reach every consumer in order.</summary>
    string Aggregate { get; }
}

/// <summary>
/// Names the kind of aggregate that the events of a marker interface are about: <c>run</c> stands before the colon of
/// their aggregates. Whoever follows a kind receives every event of it, also those that a newer build adds.
/// </summary>
[AttributeUsage(AttributeTargets.Interface, Inherited = false)]
public sealed class EventKindAttribute(string name) : Attribute
{
    /// <summary>Lower-case word, the same for ever.</summary>
    public string Name { get; } = name;
}
