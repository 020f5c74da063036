using Microsoft.EntityFrameworkCore;

namespace MlopsPlane.Hosting.Artifacts;

/// <summary>Rewrites the stored addresses of files that move.</summary>
public static class AddressMove
{
    private const string Scheme = "mlflow-artifacts:/";

    /// <summary>Rewrites one column of the rows that move; addresses elsewhere stay.</summary>
    /// <param name="property">The entity's property that holds the address.</param>
    public static async Task FollowAsync<TRow>(this IQueryable<TRow> rows, string property, ArtifactMove move, CancellationToken ct) where TRow : class
    {
        // The two usual forms in one statement each: there may be millions of them. The one without the workspace's
        // name comes first, because what it becomes looks like it.
        await ReplaceAsync(rows.Where(row => !EF.Property<string>(row, property).StartsWith(Scheme + "/")
            && !EF.Property<string>(row, property).StartsWith(Scheme + "workspaces/")), property, Scheme, move.After, ct);
        await ReplaceAsync(rows, property, move.Before, move.After, ct);
        // What is left names the server, or is written in some other unusual way.
        var others = await rows.Select(row => EF.Property<string>(row, property)).Distinct()
            .Where(uri => !uri.StartsWith(move.After) && (uri.StartsWith("mlflow-artifacts:") || uri.StartsWith("http"))).ToListAsync(ct);
        foreach (var uri in others)
        {
            if (move.Follow(uri) is { } moved)
                await rows.Where(row => EF.Property<string>(row, property) == uri)
                    .ExecuteUpdateAsync(set => set.SetProperty(row => EF.Property<string>(row, property), moved), ct);
        }
    }

    private static Task<int> ReplaceAsync<TRow>(IQueryable<TRow> rows, string property, string before, string after, CancellationToken ct) where TRow : class =>
#pragma warning disable CA1845 // The database computes it; it has no spans.
        rows.Where(row => EF.Property<string>(row, property).StartsWith(before)).ExecuteUpdateAsync(
            set => set.SetProperty(row => EF.Property<string>(row, property), row => after + EF.Property<string>(row, property).Substring(before.Length)), ct);
#pragma warning restore CA1845
}
