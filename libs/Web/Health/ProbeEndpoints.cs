using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MlopsPlane.Web.Health;

/// <summary>The probes of every process.</summary>
public static class ProbeEndpoints
{
    /// <summary>The MLflow version whose wire format is spoken; its client reads it from <c>/version</c>.</summary>
    public const string MlflowVersion = "3.11.1";

    /// <summary>Load balancers and uptime checks often ask with HEAD.</summary>
    private static readonly string[] GetOrHead = ["GET", "HEAD"];

    public static void MapProbes(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/livez", GetOrHead, () => TypedResults.Text("OK")).WithName("plane.Live").ExcludeFromDescription();
        routes.MapMethods("/health", GetOrHead, () => TypedResults.Text("OK")).WithName("plane.Health").ExcludeFromDescription();
        routes.MapMethods("/version", GetOrHead, () => TypedResults.Text(MlflowVersion)).WithName("plane.Version").ExcludeFromDescription();
        routes.MapHealthChecks("/readyz", new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains("ready"),
            ResponseWriter = WriteAsync,
        }).WithName("plane.Ready").ExcludeFromDescription();
    }

    private static Task WriteAsync(HttpContext http, HealthReport report) => http.Response.WriteAsJsonAsync(new
    {
        status = report.Status.ToString(),
        checks = report.Entries.ToDictionary(
            entry => entry.Key,
            entry => new { status = entry.Value.Status.ToString(), reason = entry.Value.Description ?? entry.Value.Exception?.Message }),
    });
}
