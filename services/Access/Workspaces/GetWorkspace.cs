using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Access.Storage;
using MlopsPlane.Mlflow.Errors;

namespace MlopsPlane.Access.Workspaces;

/// <summary><c>GET workspaces/{name}</c></summary>
internal static class GetWorkspace
{
    public static async Task Handle(HttpContext http, string name, AccessDb db, CancellationToken ct)
    {
        WorkspaceRules.CheckName(name);
        var found = await db.Set<Workspace>().AsNoTracking().SingleOrDefaultAsync(row => row.Name == name, ct)
            ?? throw MlflowErrors.Missing($"Workspace '{name}' not found");
        await WorkspaceAnswer.WriteAsync(http, found);
    }
}
