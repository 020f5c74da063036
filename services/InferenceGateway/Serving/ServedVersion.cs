using System.Globalization;
using MlopsPlane.InferenceGateway.Batching;
using MlopsPlane.InferenceGateway.ModelStore;

namespace MlopsPlane.InferenceGateway.Serving;

/// <summary>
/// A version that is loaded here. Requests lease it; once it is retired nobody gets a lease, and when the last one is
/// given back its memory is.
/// </summary>
internal sealed class ServedVersion(string model, int version, IModelExecutor executor, StoredModel? files) : IAsyncDisposable
{
    // The version's own lease, which ends when it is retired.
    private int leases = 1;
    private int retired;
    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Name of the registered model, or what an external server calls its own.</summary>
    public string Model { get; } = model;

    /// <summary>Version in the registry; 0 for an external server.</summary>
    public int Version { get; } = version;

    /// <summary><see cref="Version"/> as text, made once for what names it at every request.</summary>
    public string VersionText { get; } = version.ToString(CultureInfo.InvariantCulture);

    public IModelExecutor Executor { get; } = executor;

    public StoredModel? Files { get; } = files;

    public ModelStatistics Statistics { get; } = new();

    /// <summary>What runs it, and why it is not what was wanted.</summary>
    public string Provider { get; init; } = "cpu";

    /// <inheritdoc cref="Provider"/>
    public string? FallbackReason { get; init; }

    /// <summary>Resident memory that loading it took, in bytes.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>What a warm-up or a check of the model found that its owner should know; null when all is well.</summary>
    public string? Warning { get; init; }

    public DateTimeOffset LoadedAt { get; init; }

    /// <summary>Keeps it loaded until <see cref="Release"/>; false when it is retired.</summary>
    public bool TryLease()
    {
        var held = Volatile.Read(ref leases);
        while (held > 0)
        {
            var seen = Interlocked.CompareExchange(ref leases, held + 1, held);
            if (seen == held)
                return true;
            held = seen;
        }

        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref leases) == 0)
            drained.SetResult();
    }

    /// <summary>Gives it no more requests, waits for those that it has, and frees it.</summary>
    /// <param name="patience">After which runs that are still under way are made to fail.</param>
    public async Task RetireAsync(TimeSpan patience)
    {
        if (Interlocked.Exchange(ref retired, 1) == 0)
            Release();
        try
        {
            await drained.Task.WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            Executor.Terminate();
            await drained.Task;
        }

        await Executor.DisposeAsync();
        Files?.Dispose();
    }

    public ValueTask DisposeAsync() => new(RetireAsync(TimeSpan.Zero));
}
