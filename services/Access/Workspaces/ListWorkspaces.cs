using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Access.Storage;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Access.Workspaces;

/// <summary><c>GET workspaces</c>: those in which the caller may do something, by name. MLflow's message has no pages; a workspace is a team, not a row of data.</summary>
internal static class ListWorkspaces
{
    private const int AtMost = 10_000;

    public static async Task Handle(HttpContext http, AccessDb db, CancellationToken ct)
    {
        var found = await db.Set<Workspace>().AsNoTracking().OrderBy(row => row.Name).Take(AtMost).ToListAsync(ct);
        var caller = http.Caller();
        await MlflowResponse.WriteAsync(http, found.Where(workspace => caller.MayEnter(workspace.Name)), static (writer, workspaces) =>
        {
            writer.WriteStartArray("workspaces");
            foreach (var workspace in workspaces)
                WorkspaceAnswer.Write(writer, workspace);
            writer.WriteEndArray();
        });
    }
}
