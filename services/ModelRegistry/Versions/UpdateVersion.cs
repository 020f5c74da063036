using Microsoft.AspNetCore.Http;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.ModelRegistry.Models;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.ModelRegistry.Versions;

internal static class UpdateVersion
{
    internal static readonly MessageSchema Schema = new(
        Field.String("name", Check.Required, Check.String),
        Field.String("version", Check.Required, Check.String),
        Field.String("description", Check.String));

    public static async Task Handle(
        HttpContext http, RegistryDb db, VersionReader versions, WorkspaceProjection<RegistryDb> workspaces, TimeProvider clock, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var name = ModelName.Check(request.String("name"));
        var number = VersionNumber.Parse(request.String("version"));
        var workspaceId = await workspaces.ResolveAsync(http);
        await db.WriteAsync(async token =>
        {
            var (_, version) = await db.TakeVersionAsync(workspaceId, name, number, token);
            // A request without a description clears it; the registered model keeps its own time.
            (version.Description, version.UpdatedAt) = (request.String("description"), clock.NowMicroseconds());
        }, ct);
        var updated = await versions.GetAsync(workspaceId, name, number, ct);
        await MlflowResponse.WriteAsync(http, updated, static (writer, version) => VersionJson.Write(writer, "model_version", version));
    }
}
