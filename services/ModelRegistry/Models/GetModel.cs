using Microsoft.AspNetCore.Http;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.ModelRegistry.Storage;

namespace MlopsPlane.ModelRegistry.Models;

internal static class GetModel
{
    internal static readonly MessageSchema Schema = new(Field.String("name", Check.Required, Check.String));

    public static async Task Handle(HttpContext http, ModelReader models, WorkspaceProjection<RegistryDb> workspaces, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var name = ModelName.Check(request.String("name"));
        var model = await models.GetAsync(await workspaces.ResolveAsync(http), name, ct);
        await MlflowResponse.WriteAsync(http, model, static (writer, found) => ModelJson.Write(writer, "registered_model", found));
    }
}
