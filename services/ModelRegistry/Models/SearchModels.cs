using Microsoft.AspNetCore.Http;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Mlflow.Search;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ModelRegistry.Models;

internal static class SearchModels
{
    private const int DefaultResults = 100;
    private const int MaxResults = 1000;

    internal static readonly MessageSchema Schema = new(
        Field.String("filter", Check.String),
        Field.Int64("max_results", Check.IntLike, Check.Of(value => !ProtoJson.TryInt64(value!.Value, out var asked) || asked <= MaxResults)),
        Field.Strings("order_by", Check.Array, Check.StringItems),
        Field.String("page_token", Check.String));

    public static async Task Handle(
        HttpContext http, ModelSearch search, ModelBatchReader models, WorkspaceProjection<RegistryDb> workspaces, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var maxResults = request.Int32("max_results") ?? DefaultResults;
        if (maxResults < 1)
            throw MlflowErrors.Invalid($"Invalid value for max_results. It must be a positive integer, but got {maxResults}");
        var filter = SearchGrammar.RegisteredModels.ParseFilter(request.String("filter"));
        var orders = SearchGrammar.RegisteredModels.ParseOrders(request.Strings("order_by"));
        var (keys, nextPage) = await search.FindAsync(
            await workspaces.ResolveAsync(http), http.NameGate(), filter, orders, request.String("page_token"), maxResults, ct);
        var found = await models.ReadAsync(keys, ct);
        await MlflowResponse.WriteAsync(http, (found, nextPage), static (writer, page) =>
        {
            if (page.found.Count > 0)
            {
                writer.WriteStartArray("registered_models");
                foreach (var model in page.found)
                    ModelJson.Write(writer, model);
                writer.WriteEndArray();
            }

            writer.WriteOptional("next_page_token", page.nextPage);
        });
    }
}
