using Microsoft.AspNetCore.Http;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.ModelRegistry.Models;
using MlopsPlane.ModelRegistry.Storage;

namespace MlopsPlane.ModelRegistry.Versions;

internal static class GetVersion
{
    internal static readonly MessageSchema Schema = new(
        Field.String("name", Check.Required, Check.String),
        Field.String("version", Check.Required, Check.String));

    public static async Task Handle(HttpContext http, VersionReader versions, WorkspaceProjection<RegistryDb> workspaces, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var name = ModelName.Check(request.String("name"));
        var number = VersionNumber.Parse(request.String("version"));
        var version = await versions.GetAsync(await workspaces.ResolveAsync(http), name, number, ct);
        await MlflowResponse.WriteAsync(http, version, static (writer, found) => VersionJson.Write(writer, "model_version", found));
    }
}
