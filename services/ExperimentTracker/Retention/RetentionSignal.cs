using MlopsPlane.Primitives;

namespace MlopsPlane.ExperimentTracker.Retention;

/// <summary>Tells the collector that there is something to do before its next round.</summary>
internal sealed class RetentionSignal : WakeSignal;
