using System.Text.Json;
using System.Text.Json.Nodes;
using GraphQL;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MlopsPlane.Hosting.Ports;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ExperimentTracker.Graphql;

/// <summary>The registry's search of model versions, asked in this process or, where it is another one, over HTTP.</summary>
internal static class VersionSearch
{
    private const string Endpoint = "registry.SearchVersions";

    /// <param name="message">MLflow's message <c>SearchModelVersions</c>.</param>
    public static async Task<JsonElement> AskAsync(IResolveFieldContext context, JsonObject message)
    {
        var http = RootResolver.HttpOf(context);
        var services = http.RequestServices;
        if (services.GetRequiredService<InnerRequest>().Knows(Endpoint))
            return await RootResolver.AskAsync(context, Endpoint, message);
        try
        {
            var registry = services.GetRequiredService<IOptions<PeerOptions>>().Value.Registry;
            var answer = await services.GetRequiredService<PeerClient>().GetAsync<JsonDocument>(
                "Registry", registry, "api/2.0/mlflow/model-versions/search" + Query(message), http.Workspace(), context.CancellationToken, http.Caller());
            return answer?.RootElement ?? default;
        }
        catch (PlaneException refused)
        {
            throw new ExecutionError(refused.Message, refused);
        }
    }

    private static QueryString Query(JsonObject message)
    {
        var query = new QueryBuilder();
        foreach (var (name, value) in message)
        {
            foreach (var one in value as JsonArray ?? [value?.DeepClone()])
                query.Add(name, one?.ToString() ?? "");
        }

        return query.ToQueryString();
    }
}
