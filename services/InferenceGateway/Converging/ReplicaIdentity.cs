using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using MlopsPlane.InferenceGateway.Deployments.Observed;
using MlopsPlane.InferenceGateway.Loading;

namespace MlopsPlane.InferenceGateway.Converging;

/// <summary>What this process tells of itself to the others.</summary>
internal sealed class ReplicaIdentity(IServer server, IOptions<ServingOptions> options, TimeProvider clock)
{
    private readonly DateTimeOffset startedAt = clock.GetUtcNow();

    /// <summary>Unique among the replicas.</summary>
    public string Id { get; } = $"{Environment.MachineName.ToLowerInvariant()}-{Guid.CreateVersion7():N}"[..Math.Min(60, Environment.MachineName.Length + 33)];

    public ReplicaReport Report() => new(
        Id, options.Value.AdvertiseUrl ?? Address(), null, options.Value.Pool, ["cpu", .. options.Value.Providers.Keys], FreeMemory(), startedAt);

    private string Address() => server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "";

    /// <summary>What the cgroup's limit, or else the machine, leaves.</summary>
    private static long FreeMemory()
    {
        var memory = GC.GetGCMemoryInfo();
        return Math.Max(0, memory.TotalAvailableMemoryBytes - Environment.WorkingSet);
    }
}
