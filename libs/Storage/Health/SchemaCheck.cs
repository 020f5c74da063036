using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.Storage.Health;

/// <summary>
/// Not ready while the database does not answer or its schema is older than this build needs. A newer schema is fine:
/// changes are made expand-then-contract, so the previous build runs on it.
/// </summary>
internal sealed class SchemaCheck<TDb>(IServiceScopeFactory scopes) : IHealthCheck where TDb : PlaneDb
{
    private volatile bool current;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        try
        {
            if (current)
                return await AnswersAsync(db, cancellationToken);
            var pending = (await db.Database.GetPendingMigrationsAsync(cancellationToken)).ToList();
            if (pending.Count > 0)
                return HealthCheckResult.Unhealthy(
                    $"The {db.Provider.Service} schema is older than this build needs; run the migrate verb. Missing: {string.Join(", ", pending)}.");
            current = true;
            return HealthCheckResult.Healthy();
        }
        catch (Exception failure) when (db.Provider.AsUnavailable(failure) is { } error)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, error.Message);
        }
    }

    private static async Task<HealthCheckResult> AnswersAsync(TDb db, CancellationToken ct)
    {
        await using var connection = await db.Provider.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT 1";
        await command.ExecuteScalarAsync(ct);
        return HealthCheckResult.Healthy();
    }
}
