using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Unsupported;

/// <summary>
/// Parts of MLflow's API that this product does not speak yet say so in MLflow's own words: 501 with a message, instead
/// of an empty 404 that a client cannot explain. MLflow's client does not repeat a 501.
/// </summary>
internal static class UnsupportedEndpoints
{
    private static readonly (string Prefix, string What)[] Parts =
    [
        ("/api/2.0/mlflow/traces", "Traces"),
        ("/api/3.0/mlflow/traces", "Traces"),
        ("/v1/traces", "Traces"),
        ("/api/3.0/mlflow/assessments", "Assessments"),
        ("/api/3.0/mlflow/datasets", "Evaluation datasets"),
        ("/api/3.0/mlflow/gateway", "Gateway endpoints"),
        ("/api/3.0/mlflow/issues", "Issues"),
        ("/api/3.0/mlflow/jobs", "Jobs"),
        ("/api/3.0/mlflow/prompt-optimization", "Prompt optimisation"),
        ("/api/3.0/mlflow/scorers", "Scorers"),
    ];

    public static void MapUnsupportedEndpoints(this IEndpointRouteBuilder routes)
    {
        foreach (var (prefix, what) in Parts)
        {
            Map(routes, prefix, what, "");
            if (prefix.StartsWith("/api/", StringComparison.Ordinal))
                Map(routes, "/ajax-api/" + prefix["/api/".Length..], what, ".Ajax");
        }
    }

    private static void Map(IEndpointRouteBuilder routes, string prefix, string what, string suffix)
    {
        var name = "tracker.Unsupported" + prefix.Replace('/', '.') + suffix;
        routes.Map(prefix + "/{**rest}", (HttpContext _) => Task.FromException(MlflowErrors.NotImplemented($"{what}: not supported by this server.")))
            .WithName(name).Requires(AccessPolicy.Anyone);
    }
}
