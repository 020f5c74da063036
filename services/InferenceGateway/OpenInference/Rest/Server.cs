using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MlopsPlane.InferenceGateway.OpenInference.SharedMemory;

namespace MlopsPlane.InferenceGateway.OpenInference.Rest;

/// <summary>The protocol's questions about the server.</summary>
internal static class Server
{
    public sealed record MetadataResponse(string Name, string Version, IReadOnlyList<string> Extensions);

    public sealed record LiveResponse(bool Live);

    public sealed record ReadyResponse(bool Ready);

    /// <summary><c>GET /v2</c></summary>
    public static Ok<MetadataResponse> Metadata(HttpContext http, SharedMemoryRegions regions) =>
        TypedResults.Ok(new MetadataResponse(ServerFacts.Name, ServerFacts.Version, ServerFacts.Extensions(regions.IsOn(http))));

    /// <summary><c>GET /v2/health/live</c></summary>
    public static Ok<LiveResponse> Live() => TypedResults.Ok(new LiveResponse(true));

    /// <summary><c>GET /v2/health/ready</c>: what <c>/readyz</c> says.</summary>
    public static async Task<JsonHttpResult<ReadyResponse>> Ready(HealthCheckService health, CancellationToken ct)
    {
        var report = await health.CheckHealthAsync(check => check.Tags.Contains("ready"), ct);
        var ready = report.Status != HealthStatus.Unhealthy;
        return TypedResults.Json(new ReadyResponse(ready), statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
