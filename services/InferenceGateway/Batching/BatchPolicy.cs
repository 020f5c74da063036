using System.Diagnostics;
using MlopsPlane.InferenceGateway.Deployments;

namespace MlopsPlane.InferenceGateway.Batching;

/// <summary>A deployment's batching, in the units of the queue.</summary>
/// <param name="MaxRows">Most rows of one run; 1 where the model cannot run requests together.</param>
/// <param name="MaxDelay">How long the oldest request may wait for others, in ticks of <see cref="Stopwatch"/>.</param>
/// <param name="Preferred">Rows at which no more are waited for, ascending.</param>
/// <param name="Capacity">Most requests that wait.</param>
/// <param name="Levels">Levels of priority.</param>
internal sealed record BatchPolicy(int MaxRows, long MaxDelay, int[] Preferred, int Capacity, int Levels)
{
    public static BatchPolicy Of(BatchingSpec spec, bool batchable) => new(
        batchable && spec.Enabled ? spec.MaxBatch : 1,
        (long)(spec.MaxDelayMs * Stopwatch.Frequency / 1000),
        [.. spec.Preferred.Order()],
        spec.Queue,
        spec.PriorityLevels);

    /// <summary>Whether a run of as many rows starts without waiting for more.</summary>
    public bool StartsAt(int rows) => rows >= MaxRows || MaxDelay == 0 || Preferred.Contains(rows);
}
