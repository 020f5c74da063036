using Microsoft.AspNetCore.Http;
using MlopsPlane.Access.Audit;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.Access.Workspaces;

/// <summary><c>POST workspaces</c></summary>
internal static class CreateWorkspace
{
    internal static readonly MessageSchema Schema = new(
        Field.String("name", Check.Required, Check.String),
        Field.String("description", Check.String),
        Field.String("default_artifact_root", Check.String));

    public static async Task Handle(HttpContext http, WorkspaceWriter workspaces, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var name = request.String("name")!;
        if (name == WorkspaceName.Default)
            throw MlflowErrors.Invalid("The 'default' workspace is reserved and cannot be created");
        WorkspaceRules.CheckName(name);
        var created = new Workspace
        {
            Name = name,
            Description = request.String("description"),
            DefaultArtifactRoot = WorkspaceRules.ArtifactRoot(request.String("default_artifact_root")),
        };
        if (!await workspaces.TryCreateAsync(Origin.Of(http), name, created.Description, created.DefaultArtifactRoot, ct))
            throw MlflowErrors.AlreadyExists($"Workspace '{name}' already exists.");
        http.Response.StatusCode = StatusCodes.Status201Created;
        await WorkspaceAnswer.WriteAsync(http, created);
    }
}
