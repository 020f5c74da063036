using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Health;

namespace MlopsPlane.Storage.Databases;

public static class DatabaseRegistration
{
    /// <summary>
    /// Registers a service's database: a keyed <see cref="PlaneDatabase"/>, the abstract context
    /// <typeparamref name="TDb"/> (scoped, in its provider's subclass), its migrator and its readiness check.
    /// </summary>
    /// <param name="servesWithoutIt">The service goes on with what it knows while the database is away, and stays ready.</param>
    public static IServiceCollection AddPlaneDb<TDb, TSqlite, TPostgres>(this IServiceCollection services, string service, bool servesWithoutIt = false)
        where TDb : PlaneDb
        where TSqlite : TDb
        where TPostgres : TDb
    {
        services.AddOptions<DatabaseOptions>().BindConfiguration("Storage").ValidateDataAnnotations().ValidateOnStart();
        services.AddKeyedSingleton(service, (provider, _) => Open(service, provider.GetRequiredService<IOptions<DatabaseOptions>>().Value));
        services.AddSingleton<IErrorTranslator>(provider =>
            new DatabaseErrors(provider.GetRequiredKeyedService<PlaneDatabase>(service)));
        services.AddSingleton(provider =>
        {
            var database = provider.GetRequiredKeyedService<PlaneDatabase>(service);
            return new ContextFactory<TDb>(database.Provider == DatabaseProvider.Sqlite ? FactoryOf<TSqlite>(database) : FactoryOf<TPostgres>(database));
        });
        services.AddScoped(provider => provider.GetRequiredService<ContextFactory<TDb>>().Create(provider));
        services.AddSingleton<IMigrator, Migrator<TDb>>();
        services.AddHealthChecks().AddCheck<SchemaCheck<TDb>>(
            $"{service}-database", servesWithoutIt ? HealthStatus.Degraded : HealthStatus.Unhealthy, tags: ["ready"]);
        return services;
    }

    private static PlaneDatabase Open(string service, DatabaseOptions options)
    {
        if (options.Provider == DatabaseProvider.Sqlite)
        {
            Directory.CreateDirectory(options.DataFolder);
            return new SqliteDatabase(service, Path.Combine(Path.GetFullPath(options.DataFolder), $"{service}.db"));
        }

        var connection = options.Postgres
            ?? throw new OptionsValidationException("Storage", typeof(DatabaseOptions),
                ["Storage:Postgres must hold a connection string when Storage:Provider is Postgres."]);
        return new PostgresDatabase(service, connection.Replace("{service}", service, StringComparison.Ordinal));
    }

    /// <summary>Makes contexts over one set of options: building them anew would cost every request more than its query.</summary>
    private static Func<IServiceProvider, T> FactoryOf<T>(PlaneDatabase database) where T : DbContext
    {
        var builder = new DbContextOptionsBuilder<T>();
        database.Configure(builder);
        var make = ActivatorUtilities.CreateFactory<T>([typeof(DbContextOptions<T>), typeof(PlaneDatabase)]);
        object[] arguments = [builder.Options, database];
        return provider => make(provider, arguments);
    }

    private sealed record ContextFactory<TDb>(Func<IServiceProvider, TDb> Create);
}
