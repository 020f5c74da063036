using Microsoft.AspNetCore.Http;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Mlflow.Search;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ModelRegistry.Versions;

internal static class SearchVersions
{
    private const int MaxResults = 200_000;

    internal static readonly MessageSchema Schema = new(
        Field.String("filter", Check.String),
        Field.Int64("max_results", Check.IntLike, Check.Of(value => !ProtoJson.TryInt64(value!.Value, out var asked) || asked <= MaxResults)),
        Field.Strings("order_by", Check.Array, Check.StringItems),
        Field.String("page_token", Check.String));

    public static async Task Handle(HttpContext http, VersionSearch search, WorkspaceProjection<RegistryDb> workspaces, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var maxResults = request.Int32("max_results") ?? MaxResults;
        if (maxResults < 1)
            throw MlflowErrors.Invalid($"Invalid value for max_results. It must be a positive integer, but got {maxResults}");
        var filter = SearchGrammar.ModelVersions.ParseFilter(request.String("filter"));
        var orders = SearchGrammar.ModelVersions.ParseOrders(request.Strings("order_by"));
        var found = await search.FindAsync(await workspaces.ResolveAsync(http), http.NameGate(), filter, orders, request.String("page_token"), maxResults, ct);
        await MlflowResponse.WriteAsync(http, found, static (writer, page) =>
        {
            VersionJson.WriteArray(writer, "model_versions", page.Versions);
            writer.WriteOptional("next_page_token", page.NextPage);
        });
    }
}
