using Microsoft.EntityFrameworkCore;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.Storage.Writes;

/// <summary>One acknowledged write: the turn (SQLite), the transaction, SaveChanges and the commit.</summary>
public static class WriteTransaction
{
    private const int MaxAttempts = 5;

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction and commits it. When the transaction lost against another one
    /// it is run again with a cleared context, so the work must read what it needs inside.
    /// </summary>
    public static async Task<T> WriteAsync<TDb, T>(this TDb db, Func<CancellationToken, Task<T>> work, CancellationToken ct)
        where TDb : PlaneDb
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var turn = await db.Provider.EnterWriterAsync(ct);
                await using var transaction = await db.Database.BeginTransactionAsync(ct);
                // A save that fails ends the whole transaction, so nothing would go back to a savepoint.
                db.Database.AutoSavepointsEnabled = false;
                var result = await work(ct);
                await db.SaveChangesAsync(ct);
                // From here on the outcome is decided by the database, not by a client that goes away.
                await transaction.CommitAsync(CancellationToken.None);
                return result;
            }
            catch (Exception lost) when (attempt < MaxAttempts && db.Provider.IsTransient(lost))
            {
                db.ChangeTracker.Clear();
            }
        }
    }

    /// <inheritdoc cref="WriteAsync{TDb,T}"/>
    public static Task WriteAsync<TDb>(this TDb db, Func<CancellationToken, Task> work, CancellationToken ct) where TDb : PlaneDb =>
        db.WriteAsync(async token =>
        {
            await work(token);
            return true;
        }, ct);
}
