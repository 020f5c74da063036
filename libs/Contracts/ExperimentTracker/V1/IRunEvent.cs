namespace MlopsPlane.Contracts.ExperimentTracker.V1;

/// <summary>Something happened to a run; the aggregate is <c>run:{run id}</c>.</summary>
[EventKind("run")]
public interface IRunEvent : IEvent;
