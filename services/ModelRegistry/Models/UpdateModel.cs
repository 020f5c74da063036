using Microsoft.AspNetCore.Http;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.ModelRegistry.Models;

internal static class UpdateModel
{
    internal static readonly MessageSchema Schema = new(
        Field.String("name", Check.Required, Check.String),
        Field.String("description", Check.String));

    public static async Task Handle(
        HttpContext http, RegistryDb db, ModelReader models, WorkspaceProjection<RegistryDb> workspaces, TimeProvider clock, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var name = ModelName.Check(request.String("name"));
        var description = request.String("description") ?? "";
        var workspaceId = await workspaces.ResolveAsync(http);
        await db.WriteAsync(async token =>
        {
            var model = await db.TakeAsync(workspaceId, name, token);
            (model.Description, model.UpdatedAt) = (description, clock.NowMicroseconds());
        }, ct);
        var updated = await models.GetAsync(workspaceId, name, ct);
        await MlflowResponse.WriteAsync(http, updated, static (writer, model) => ModelJson.Write(writer, "registered_model", model));
    }
}
