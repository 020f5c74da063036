using Microsoft.EntityFrameworkCore;

namespace MlopsPlane.ModelRegistry.History;

/// <summary>
/// One move of an alias or a stage: who, when, from what, to what, why. Rows are only ever added; they outlive the
/// model that they tell of, so they reference it by value and not by a foreign key.
/// </summary>
public sealed class HistoryEntry
{
    public const string AliasKind = "alias";
    public const string StageKind = "stage";

    public long EntryId { get; private set; }

    public int WorkspaceId { get; init; }

    public long ModelKey { get; init; }

    /// <summary>Name of the model at that moment.</summary>
    public required string Model { get; init; }

    /// <summary><see cref="AliasKind"/> or <see cref="StageKind"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The alias that was moved.</summary>
    public string? Alias { get; init; }

    /// <summary>The version whose stage changed.</summary>
    public int? Version { get; init; }

    /// <summary>Version number or stage before; null when the alias did not exist.</summary>
    public string? From { get; init; }

    /// <summary>Version number or stage now; null when the alias was removed.</summary>
    public string? To { get; init; }

    public string? Actor { get; init; }

    public string? Reason { get; init; }

    /// <summary>Microseconds since 1970 UTC.</summary>
    public long OccurredAt { get; init; }

    internal static void Map(ModelBuilder model) => model.Entity<HistoryEntry>(entry =>
    {
        entry.ToTable("history");
        entry.HasKey(row => row.EntryId);
        entry.HasIndex(row => new { row.WorkspaceId, row.Model, row.EntryId });
        entry.HasIndex(row => new { row.ModelKey, row.EntryId });
        entry.Property(row => row.From).HasColumnName("from_value");
        entry.Property(row => row.To).HasColumnName("to_value");
    });
}
