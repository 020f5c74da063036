using Microsoft.AspNetCore.Http;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.ModelRegistry.Models;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Versions;
using MlopsPlane.Primitives;

namespace MlopsPlane.ModelRegistry.Aliases;

internal static class GetVersionByAlias
{
    internal static readonly MessageSchema Schema = new(
        Field.String("name", Check.Required, Check.String),
        Field.String("alias", Check.Required, Check.String));

    public static async Task Handle(
        HttpContext http, ModelReader models, VersionReader versions, WorkspaceProjection<RegistryDb> workspaces, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var name = ModelName.Check(request.String("name"));
        var alias = AliasName.Check(request.String("alias"));
        var workspaceId = await workspaces.ResolveAsync(http);
        var version = string.Equals(alias, AliasName.Latest, StringComparison.OrdinalIgnoreCase)
            ? await NewestAsync(models, workspaceId, name, ct)
            : await versions.FindByAliasAsync(workspaceId, name, alias, ct)
                ?? throw await NotFoundAsync(models, workspaceId, name, alias, ct);
        await MlflowResponse.WriteAsync(http, version, static (writer, found) => VersionJson.Write(writer, "model_version", found));
    }

    private static async Task<PlaneException> NotFoundAsync(ModelReader models, int workspaceId, string name, string alias, CancellationToken ct) =>
        await models.FindAsync(workspaceId, name, ct) is null
            ? ModelReader.NotFound(name)
            : MlflowErrors.Invalid($"Registered model alias {alias} not found.");

    private static async Task<VersionView> NewestAsync(ModelReader models, int workspaceId, string name, CancellationToken ct)
    {
        var model = await models.GetAsync(workspaceId, name, ct);
        if (model.LatestVersions is not [.., var newest])
            throw MlflowErrors.Missing($"Latest version not found for model {name}.");
        return newest with
        {
            Aliases = [.. model.Aliases.Where(alias => alias.Value == newest.Row.Version).Select(alias => alias.Key)],
        };
    }
}
