using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MlopsPlane.InferenceGateway.OpenInference;
using MlopsPlane.InferenceGateway.Serving;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Health;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.InferenceGateway.Scoring;

/// <summary>What clients of MLflow's scoring server ask before they send anything.</summary>
internal static class Ping
{
    // MLflow's own answer, which is no JSON although it says so.
    private static readonly ContentHttpResult Pong = TypedResults.Content("\n", "application/json");

    /// <summary><c>GET /ping</c>: what <c>/readyz</c> says.</summary>
    public static async Task<ContentHttpResult> Server(HealthCheckService health, CancellationToken ct)
    {
        var report = await health.CheckHealthAsync(check => check.Tags.Contains("ready"), ct);
        return report.Status != HealthStatus.Unhealthy ? Pong : throw PlaneError.Unavailable("not_ready", "The server is not ready: deployed models are being loaded.").ToException();
    }

    /// <summary><c>GET /deployments/{name}/ping</c>: whether every variant that answers has a version loaded.</summary>
    public static ContentHttpResult Deployment(string name, HttpContext http, ServedDeployments served)
    {
        var deployment = served.Require(http.Workspace(), name);
        if (!ModelMetadata.IsReady(deployment, version: null))
            throw InferenceCalls.NotReady(deployment, deployment.Variants.FirstOrDefault(variant => variant.Live is null) ?? deployment.Variants[0]);
        return Pong;
    }

    /// <summary><c>GET /deployments/{name}/version</c>: the version of MLflow that is spoken.</summary>
    public static ContentHttpResult Version(string name, HttpContext http, ServedDeployments served)
    {
        served.Require(http.Workspace(), name);
        return TypedResults.Content(ProbeEndpoints.MlflowVersion, "application/json");
    }
}
