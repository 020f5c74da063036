using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MlopsPlane.Storage.Databases;

/// <summary>Brings one service's schema up to date.</summary>
public interface IMigrator
{
    /// <summary>Applies what is missing under the provider's migration lock; returns the names of what it applied.</summary>
    Task<IReadOnlyList<string>> MigrateAsync(CancellationToken ct);
}

internal sealed class Migrator<TDb>(IServiceScopeFactory scopes) : IMigrator where TDb : PlaneDb
{
    public async Task<IReadOnlyList<string>> MigrateAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        await db.Provider.ClearAbandonedMigrationLockAsync(ct);
        var pending = (await db.Database.GetPendingMigrationsAsync(ct)).ToList();
        if (pending.Count > 0)
            await db.Database.MigrateAsync(ct);
        return pending;
    }
}
