using System.Runtime.InteropServices;

namespace MlopsPlane.ExperimentTracker.Metrics.Chunks;

/// <summary>A value of one history.</summary>
/// <param name="Timestamp">Milliseconds since 1970 UTC.</param>
/// <param name="Value">NaN where NaN was logged.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct HistoryPoint(long Timestamp, long Step, double Value)
{
    /// <summary>The first point that can come after this one in the order of time and step.</summary>
    public (long Timestamp, long Step) Next => Step == long.MaxValue ? (Timestamp + 1, long.MinValue) : (Timestamp, Step + 1);
}
