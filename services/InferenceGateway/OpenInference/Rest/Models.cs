using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Deployments.Desired;
using MlopsPlane.InferenceGateway.Placement;
using MlopsPlane.InferenceGateway.Serving;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.InferenceGateway.OpenInference.Rest;

/// <summary>The protocol's questions about models.</summary>
internal static class Models
{
    public sealed record ListResponse(IReadOnlyList<string> Models);

    public sealed record ReadyResponse(string Name, bool Ready);

    public sealed record StatisticsResponse([property: System.Text.Json.Serialization.JsonPropertyName("model_stats")] IReadOnlyList<ModelStatisticsView> ModelStats);

    /// <summary><c>GET /v2/models</c>, as KServe answers it.</summary>
    public static Ok<ListResponse> List(HttpContext http, KnownDeployments known) =>
        TypedResults.Ok(new ListResponse([.. Visible(http, known).Select(deployment => deployment.Spec.Name)]));

    /// <summary><c>GET /v2/models/{model}[/versions/{version}]</c></summary>
    public static Ok<ModelMetadata> Metadata(string model, string? version, HttpContext http, ServedDeployments served) =>
        TypedResults.Ok(ModelMetadata.Of(served.Require(http.Workspace(), model), version));

    /// <summary><c>GET /v2/models/{model}[/versions/{version}]/ready</c></summary>
    public static JsonHttpResult<ReadyResponse> Ready(string model, string? version, HttpContext http, ServedDeployments served)
    {
        var ready = ModelMetadata.IsReady(served.Require(http.Workspace(), model), version);
        return TypedResults.Json(new ReadyResponse(model, ready), statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary><c>GET /v2/models/{model}[/versions/{version}]/config</c></summary>
    public static Ok<ModelConfigView> Config(string model, string? version, HttpContext http, ServedDeployments served)
    {
        var deployment = served.Require(http.Workspace(), model);
        return TypedResults.Ok(ModelConfigView.Of(deployment, ModelMetadata.RequireVersion(deployment, version)));
    }

    /// <summary><c>GET /v2/models/{model}[/versions/{version}]/stats</c></summary>
    public static Ok<StatisticsResponse> Statistics(string model, string? version, HttpContext http, ServedDeployments served)
    {
        var deployment = served.Require(http.Workspace(), model);
        if (!string.IsNullOrEmpty(version))
            return TypedResults.Ok(new StatisticsResponse([ModelStatisticsView.Of(deployment, ModelMetadata.RequireVersion(deployment, version))]));
        return TypedResults.Ok(new StatisticsResponse([.. Each(deployment)]));
    }

    /// <summary><c>GET /v2/models/stats</c></summary>
    public static Ok<StatisticsResponse> AllStatistics(HttpContext http, ServedDeployments served) =>
        TypedResults.Ok(new StatisticsResponse([.. Visible(http, served).SelectMany(Each)]));

    /// <summary>Deployments of the request's workspace that its caller may know of, by name, whichever replicas hold them.</summary>
    public static IEnumerable<DesiredDeployment> Visible(HttpContext http, KnownDeployments known)
    {
        var (workspace, gate) = (http.Workspace(), http.NameGate());
        return known.All.Where(deployment => deployment.Workspace == workspace && gate?.Allows(deployment.Spec.Name) != false)
            .OrderBy(deployment => deployment.Spec.Name, StringComparer.Ordinal);
    }

    /// <summary>Those of them that this replica holds.</summary>
    public static IEnumerable<ServedDeployment> Visible(HttpContext http, ServedDeployments served)
    {
        var (workspace, gate) = (http.Workspace(), http.NameGate());
        return served.All.Where(deployment => deployment.Desired.Workspace == workspace && gate?.Allows(deployment.Spec.Name) != false)
            .OrderBy(deployment => deployment.Spec.Name, StringComparer.Ordinal);
    }

    /// <summary>Statistics of every version of a deployment that is loaded.</summary>
    public static IEnumerable<ModelStatisticsView> Each(ServedDeployment deployment) =>
        deployment.Variants.Select(variant => variant.Live).OfType<ServedVersion>().Select(version => ModelStatisticsView.Of(deployment, version));
}
