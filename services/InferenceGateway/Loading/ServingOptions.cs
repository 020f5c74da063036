using System.ComponentModel.DataAnnotations;

namespace MlopsPlane.InferenceGateway.Loading;

/// <summary>Section <c>Serving</c>: what this replica runs models with.</summary>
public sealed class ServingOptions
{
    /// <summary>File of a build of ONNX Runtime with other execution providers; unset for the one that ships along, which runs on CPUs.</summary>
    public string? OnnxRuntimeLibrary { get; set; }

    /// <summary>Threads that share the work of one operator; 0 for as many as the CPU quota allows.</summary>
    [Range(0, 1024)]
    public int Threads { get; set; }

    /// <summary>Libraries of execution providers that are no part of ONNX Runtime, by the name that deployments call them.</summary>
    public IDictionary<string, string> Providers { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Keys of options that deployments may set for such a provider, with commas between, by its name; none unless listed, for
    /// some take addresses in memory, or files.
    /// </summary>
    public IDictionary<string, string> ProviderOptions { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Largest request of the inference protocols, in bytes.</summary>
    [Range(1024, int.MaxValue)]
    public long MaxBodyBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>How long a version that was replaced may take to answer what it has, in seconds.</summary>
    [Range(1, 3600)]
    public int DrainSeconds { get; set; } = 30;

    /// <summary>How long a version that was replaced stays loaded, so that a rollback to it is instant, in seconds.</summary>
    [Range(0, 86_400)]
    public int KeepPreviousSeconds { get; set; } = 300;

    /// <summary>The pool of replicas that this one belongs to.</summary>
    [Required]
    public string Pool { get; set; } = "default";

    /// <summary>What deployments that are pinned call this replica; unset for the machine's name in small letters.</summary>
    [RegularExpression(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}\z")]
    public string? ReplicaName { get; set; }

    /// <summary>Where other replicas reach this one over HTTP; unset for the first address that it listens on.</summary>
    public string? AdvertiseUrl { get; set; }

    /// <summary>Where other replicas reach this one over gRPC; unset for the first address of <c>grpc-urls</c>.</summary>
    public string? AdvertiseGrpcUrl { get; set; }

    /// <summary>Memory that the models of this replica may take together, in bytes; unset for four fifths of what the cgroup or the machine has.</summary>
    [Range(1, long.MaxValue)]
    public long? MemoryBytes { get; set; }

    /// <summary>Most requests of a deployment that wait while it is loaded again after it was idle.</summary>
    [Range(1, 100_000)]
    public int HeldRequests { get; set; } = 100;

    /// <summary>How long they wait, in seconds.</summary>
    [Range(1, 3600)]
    public int HoldSeconds { get; set; } = 30;

    /// <summary>How often usage is recorded, in seconds.</summary>
    [Range(1, 3600)]
    public int UsageSeconds { get; set; } = 60;

    /// <summary>Whether clients of this machine may pass tensors in shared memory; unset where they show no key only.</summary>
    public bool? SharedMemory { get; set; }
}
