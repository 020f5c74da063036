using Microsoft.EntityFrameworkCore;

namespace MlopsPlane.Hosting.Workspaces;

/// <summary>A service's own copy of a workspace that Access owns; its small key leads the service's indexes.</summary>
public sealed class WorkspaceRow
{
    /// <summary>Stands in the name of a deleted workspace and in no other: no workspace can be called so.</summary>
    public const string RetiredMark = "#";

    public int Id { get; private set; }

    public required string Name { get; init; }

    /// <summary>Adds the projection's table to a service's model.</summary>
    public static void Map(ModelBuilder model) => model.Entity<WorkspaceRow>(row =>
    {
        row.ToTable("workspaces");
        row.HasKey(workspace => workspace.Id);
        row.HasIndex(workspace => workspace.Name).IsUnique();
    });
}
