using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Access.Audit;
using MlopsPlane.Access.Storage;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.Access.Workspaces;

/// <summary><c>PATCH workspaces/{name}</c>: what is named is changed; a blank artifact root is cleared.</summary>
internal static class UpdateWorkspace
{
    internal static readonly MessageSchema Schema = new(
        Field.String("description", Check.String), Field.String("default_artifact_root", Check.String));

    public static async Task Handle(HttpContext http, string name, AccessDb db, TimeProvider clock, CancellationToken ct)
    {
        WorkspaceRules.CheckName(name);
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var (description, givenRoot) = (request.String("description"), request.String("default_artifact_root"));
        if (description is null && givenRoot is null)
            throw MlflowErrors.Invalid("Workspace update must have at least one key");
        var root = WorkspaceRules.ArtifactRoot(givenRoot);
        var updated = await db.WriteAsync(async token =>
        {
            var found = await db.Set<Workspace>().SingleOrDefaultAsync(row => row.Name == name, token)
                ?? throw MlflowErrors.Missing($"Workspace '{name}' not found");
            found.Description = description ?? found.Description;
            found.DefaultArtifactRoot = givenRoot is null ? found.DefaultArtifactRoot : root;
            db.Audit.Add(Origin.Of(http).Entry(
                clock.NowMilliseconds(), "workspaces.update", name, name, new { description = Texts.Shown(description), artifactRoot = givenRoot }));
            return found;
        }, ct);
        await WorkspaceAnswer.WriteAsync(http, updated);
    }
}
