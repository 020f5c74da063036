using Microsoft.EntityFrameworkCore;

namespace MlopsPlane.Storage.Databases;

/// <summary>
/// Base of every service's context. Each service has one abstract context and two sealed subclasses, one for each
/// provider, so that both migration sets live in the service's own assembly.
/// </summary>
public abstract class PlaneDb(DbContextOptions options, PlaneDatabase provider) : DbContext(options)
{
    public PlaneDatabase Provider { get; } = provider;

    /// <summary>Entities of the service; names are brought to snake case afterwards.</summary>
    protected abstract void BuildModel(ModelBuilder model);

    protected sealed override void OnModelCreating(ModelBuilder modelBuilder)
    {
        BuildModel(modelBuilder);
        SnakeCase.Apply(modelBuilder.Model);
        if (Provider.Provider == DatabaseProvider.Postgres)
            ByteOrder.Apply(modelBuilder.Model);
    }
}
