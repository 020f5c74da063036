using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Web.Health;

/// <summary>The probes of every process.</summary>
public static class ProbeEndpoints
{
    /// <summary>The MLflow version whose wire format is spoken; its client reads it from <c>/version</c>.</summary>
    public const string MlflowVersion = "3.11.1";

    /// <summary>Load balancers and uptime checks often ask with HEAD.</summary>
    private static readonly string[] GetOrHead = ["GET", "HEAD"];

    /// <summary>Whether a path is one that answers everybody, whatever it is asked with.</summary>
    public static bool IsProbe(PathString path) => path.Value is ['/', 'h' or 'v' or 'l' or 'r' or 'H' or 'V' or 'L' or 'R', ..]
        && (path.StartsWithSegments("/health") || path.StartsWithSegments("/version") || path.StartsWithSegments("/livez") || path.StartsWithSegments("/readyz"));

    public static void MapProbes(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/livez", GetOrHead, () => TypedResults.Text("OK")).WithName("plane.Live").Requires(AccessPolicy.Public).ExcludeFromDescription();
        routes.MapMethods("/health", GetOrHead, () => TypedResults.Text("OK")).WithName("plane.Health").Requires(AccessPolicy.Public).ExcludeFromDescription();
        routes.MapMethods("/version", GetOrHead, () => TypedResults.Text(MlflowVersion)).WithName("plane.Version").Requires(AccessPolicy.Public).ExcludeFromDescription();
        routes.MapHealthChecks("/readyz", new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains("ready"),
            ResponseWriter = WriteAsync,
        }).WithName("plane.Ready").Requires(AccessPolicy.Public).ExcludeFromDescription();
    }

    private static Task WriteAsync(HttpContext http, HealthReport report) => http.Response.WriteAsJsonAsync(new
    {
        status = report.Status.ToString(),
        checks = report.Entries.ToDictionary(
            entry => entry.Key,
            entry => new { status = entry.Value.Status.ToString(), reason = entry.Value.Description ?? entry.Value.Exception?.Message }),
    });
}
