using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MlopsPlane.Hosting.Startup;
using MlopsPlane.InferenceGateway.Deployments.Observed;
using MlopsPlane.InferenceGateway.Loading;
using MlopsPlane.InferenceGateway.ModelStore;
using MlopsPlane.InferenceGateway.Serving;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.InferenceGateway.Converging;

/// <summary>What this process tells of itself to the others.</summary>
internal sealed class ReplicaIdentity
{
    // What is left beside the models for the process itself and for requests.
    private const double ModelsShare = 0.8;
    private readonly IServer server;
    private readonly ServingOptions options;
    private readonly GrpcAddresses grpc;
    private readonly NativeRuntime runtime;
    private readonly ServedDeployments served;
    private readonly DateTimeOffset startedAt;
    private volatile bool listens;

    public ReplicaIdentity(
        IServer server, IOptions<ServingOptions> options, IOptions<ModelCacheOptions> cache, IOptions<DatabaseOptions> data, GrpcAddresses grpc,
        NativeRuntime runtime, ServedDeployments served, ReplicaChanged changed, IHostApplicationLifetime lifetime, TimeProvider clock)
    {
        (this.server, this.options, this.grpc, this.runtime, this.served, startedAt) = (server, options.Value, grpc, runtime, served, clock.GetUtcNow());
        Name = this.options.ReplicaName ?? Environment.MachineName.ToLowerInvariant();
        Id = ReplicaId.KeptIn(cache.Value.FolderIn(data.Value));
        lifetime.ApplicationStarted.Register(() =>
        {
            listens = true;
            changed.Wake();
        });
    }

    /// <summary>Unique among the replicas; kept on the replica's disk, so that after a restart it finds what was assigned to it.</summary>
    public string Id { get; }

    /// <summary>What people call it.</summary>
    public string Name { get; }

    /// <summary>Memory that the models may take together, in bytes.</summary>
    public long MemoryBudget { get; private set; }

    public ReplicaReport Report()
    {
        MemoryBudget = options.MemoryBytes ?? (long)(ReplicaMemory.Bytes * ModelsShare);
        var bound = listens ? server.Features.Get<IServerAddressesFeature>()?.Addresses.ToList() ?? [] : [];
        var addresses = ReplicaAddresses.Of(bound, grpc.Urls);
        return new(
            Id, Name, options.AdvertiseUrl ?? addresses.Http ?? "", options.AdvertiseGrpcUrl ?? addresses.Grpc, options.Pool, runtime.Usable, MemoryBudget,
            served.All.Sum(deployment => deployment.Variants.Sum(variant => variant.Live?.MemoryBytes ?? 0)), startedAt);
    }
}
