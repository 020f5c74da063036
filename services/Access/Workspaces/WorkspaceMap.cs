using Microsoft.EntityFrameworkCore;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.Access.Workspaces;

internal static class WorkspaceMap
{
    public static void Apply(ModelBuilder model) => model.Entity<Workspace>(row =>
    {
        row.ToTable("workspaces");
        row.HasKey(workspace => workspace.Name);
        row.Property(workspace => workspace.Name).HasMaxLength(WorkspaceName.MaxLength);
        // It exists from the start and cannot be deleted.
        row.HasData(new Workspace { Name = WorkspaceName.Default, Description = "Default workspace for legacy resources" });
    });
}
