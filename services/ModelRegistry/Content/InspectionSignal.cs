using MlopsPlane.Primitives;

namespace MlopsPlane.ModelRegistry.Content;

/// <summary>Tells the inspector that a version waits; it looks by itself every few seconds too.</summary>
internal sealed class InspectionSignal : WakeSignal;
