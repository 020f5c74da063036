using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MlopsPlane.InferenceGateway.OpenInference.Grpc.Wire;
using MlopsPlane.InferenceGateway.OpenInference.SharedMemory;

namespace MlopsPlane.InferenceGateway.OpenInference.Grpc;

/// <summary>The protocol's questions about the server.</summary>
internal sealed class GrpcServer(HealthCheckService health, SharedMemoryRegions regions)
{
    public static ServerLiveResponse Live(ServerLiveRequest request, HttpContext http) => new() { Live = true };

    /// <summary>What <c>/readyz</c> says.</summary>
    public async Task<ServerReadyResponse> ReadyAsync(ServerReadyRequest request, ServerCallContext call)
    {
        var report = await health.CheckHealthAsync(check => check.Tags.Contains("ready"), call.CancellationToken);
        return new() { Ready = report.Status != HealthStatus.Unhealthy };
    }

    public ServerMetadataResponse Metadata(ServerMetadataRequest request, HttpContext http) =>
        new() { Name = ServerFacts.Name, Version = ServerFacts.Version, Extensions = { ServerFacts.Extensions(regions.IsOn(http)) } };
}
