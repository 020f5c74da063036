namespace MlopsPlane.OnnxRuntime;

/// <summary>Memory of the arena that all models share, in bytes.</summary>
/// <param name="InUse">What models use of it now: tensors of runs under way.</param>
/// <param name="Reserved">What it has from the system.</param>
/// <param name="Peak">The most that was in use.</param>
public sealed record ArenaMemory(long InUse, long Reserved, long Peak);
