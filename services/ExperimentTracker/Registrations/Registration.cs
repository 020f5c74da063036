using Microsoft.EntityFrameworkCore;

namespace MlopsPlane.ExperimentTracker.Registrations;

/// <summary>What the registry said of a run's or a logged model's registered versions; learnt from its events.</summary>
public sealed class Registration
{
    public int WorkspaceId { get; init; }

    /// <summary>Name of the registered model.</summary>
    public required string Model { get; set; }

    public int Version { get; init; }

    public string? RunId { get; init; }

    public string? LoggedModelId { get; init; }

    internal static void Map(ModelBuilder model) => model.Entity<Registration>(registration =>
    {
        registration.ToTable("registrations");
        registration.HasKey(row => new { row.WorkspaceId, row.Model, row.Version });
        registration.HasIndex(row => new { row.WorkspaceId, row.RunId });
        registration.HasIndex(row => new { row.WorkspaceId, row.LoggedModelId });
    });
}
