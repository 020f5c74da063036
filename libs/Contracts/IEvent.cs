namespace MlopsPlane.Contracts;

/// <summary>A past-tense fact that one service publishes. Additive only; its namespace and name never change.</summary>
public interface IEvent
{
    /// <summary>The thing the fact is about, <c>kind:id</c>; facts of one aggregate reach every consumer in order.</summary>
    string Aggregate { get; }
}
