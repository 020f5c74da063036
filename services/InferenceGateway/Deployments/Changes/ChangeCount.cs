using Microsoft.EntityFrameworkCore;
using MlopsPlane.InferenceGateway.Storage;

namespace MlopsPlane.InferenceGateway.Deployments.Changes;

/// <summary>
/// One row whose number grows with every change of what is to be served. Replicas share a queue, so that an event reaches
/// one of them only; each of them asks for this number instead, which is the cheapest question that there is.
/// </summary>
public sealed class ChangeCount
{
    public const int OnlyId = 1;

    public int Id { get; init; }

    public long Changes { get; init; }
}

internal static class ChangeCounts
{
    public static Task<long> ChangesAsync(this InferenceDb db, CancellationToken ct) => db.Set<ChangeCount>().Select(row => row.Changes).SingleAsync(ct);

    /// <summary>In the transaction of the change, as its last statement: the row's lock makes changes follow each other.</summary>
    public static Task<int> CountChangeAsync(this InferenceDb db, CancellationToken ct) =>
        db.Set<ChangeCount>().ExecuteUpdateAsync(set => set.SetProperty(row => row.Changes, row => row.Changes + 1), ct);
}
