using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MlopsPlane.InferenceGateway.External;
using MlopsPlane.InferenceGateway.Loading;
using MlopsPlane.InferenceGateway.Serving;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Converging;

/// <summary>What every keeper of a variant works with.</summary>
internal sealed class KeeperContext(
    VersionLoader versions, ExternalLoader externals, InferenceMetrics metrics, ReplicaChanged changed, IOptions<ServingOptions> options, TimeProvider clock,
    ILogger<VariantKeeper> logger)
{
    public InferenceMetrics Metrics => metrics;

    /// <summary>Raised when a keeper has something new to tell.</summary>
    public ReplicaChanged Changed => changed;

    public TimeProvider Clock => clock;

    public ILogger Logger => logger;

    /// <summary>How long a replaced version stays loaded, so that a rollback is instant.</summary>
    public TimeSpan KeepPrevious { get; } = TimeSpan.FromSeconds(options.Value.KeepPreviousSeconds);

    /// <inheritdoc cref="VersionLoader.LoadAsync"/>
    public Task<ServedVersion> LoadAsync(Wanted wanted, IProgress<LoadStep> tell, CancellationToken ct) => wanted.Variant.IsExternal
        ? externals.LoadAsync(wanted.Desired.Spec, wanted.Variant, tell, ct)
        : versions.LoadAsync(wanted.Desired, wanted.Target, tell, ct);

    /// <summary>How long a version may take to finish what it has.</summary>
    public TimeSpan DrainPatience { get; } = TimeSpan.FromSeconds(options.Value.DrainSeconds);
}

/// <summary>Something about what this replica serves has changed.</summary>
internal sealed class ReplicaChanged : WakeSignal;
