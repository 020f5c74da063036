using Microsoft.AspNetCore.Http;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Versions;

namespace MlopsPlane.ModelRegistry.Models;

internal static class GetLatestVersions
{
    internal static readonly MessageSchema Schema = new(
        Field.String("name", Check.Required, Check.String),
        Field.Strings("stages", Check.Array, Check.StringItems));

    public static async Task Handle(HttpContext http, ModelReader models, WorkspaceProjection<RegistryDb> workspaces, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var name = ModelName.Check(request.String("name"));
        var model = await models.GetAsync(await workspaces.ResolveAsync(http), name, ct);
        var asked = request.Strings("stages");
        var stages = asked.Count == 0 ? Stage.All.ToHashSet(StringComparer.Ordinal) : asked.Select(Stage.Canonical).ToHashSet(StringComparer.Ordinal);
        var versions = model.LatestVersions.Where(version => stages.Contains(version.Row.CurrentStage))
            .Select(version => version with { Aliases = AliasesOf(model, version.Row.Version) }).ToList();
        await MlflowResponse.WriteAsync(http, versions, static (writer, found) => VersionJson.WriteArray(writer, "model_versions", found));
    }

    private static List<string> AliasesOf(ModelView model, int version) =>
        [.. model.Aliases.Where(alias => alias.Value == version).Select(alias => alias.Key)];
}
