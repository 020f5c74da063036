using Microsoft.EntityFrameworkCore;

namespace MlopsPlane.Access.Storage;

/// <summary>One row whose number grows with every change of who may do what.</summary>
public sealed class IdentityVersionRow
{
    public int Id { get; init; }

    public long Version { get; init; }
}

internal static class IdentityVersions
{
    public static Task<long> VersionAsync(this AccessDb db, CancellationToken ct) =>
        db.Set<IdentityVersionRow>().Select(row => row.Version).SingleAsync(ct);

    /// <summary>In the transaction of the change, whose row lock makes changes follow each other.</summary>
    public static Task<int> BumpVersionAsync(this AccessDb db, CancellationToken ct) =>
        db.Set<IdentityVersionRow>().ExecuteUpdateAsync(set => set.SetProperty(row => row.Version, row => row.Version + 1), ct);
}
