namespace MlopsPlane.EdgeGateway.Limits;

/// <summary>
/// Section <c>Edge:Limits</c>: requests a second. There is none unless one is set: MLflow's client backs off
/// exponentially, and a limit on writes would slow the training run that logs them.
/// </summary>
public sealed class LimitOptions
{
    /// <summary>Reads of one identity.</summary>
    public int? IdentityReadsPerSecond { get; set; }

    /// <summary>Writes of one identity.</summary>
    public int? IdentityWritesPerSecond { get; set; }

    /// <summary>Reads in one workspace.</summary>
    public int? WorkspaceReadsPerSecond { get; set; }

    /// <summary>Writes in one workspace.</summary>
    public int? WorkspaceWritesPerSecond { get; set; }

    /// <summary>Seconds' worth of requests that may come at once, 1 to 60.</summary>
    public int BurstSeconds { get; set; } = 2;

    internal IEnumerable<string> Faults()
    {
        foreach (var (key, value) in Values())
        {
            if (value is < 1 or > 1_000_000)
                yield return $"Edge:Limits:{key} must be between 1 and 1000000, or absent.";
        }

        if (BurstSeconds is < 1 or > 60)
            yield return "Edge:Limits:BurstSeconds must be between 1 and 60.";
    }

    private IEnumerable<(string Key, int? Value)> Values() =>
    [
        (nameof(IdentityReadsPerSecond), IdentityReadsPerSecond), (nameof(IdentityWritesPerSecond), IdentityWritesPerSecond),
        (nameof(WorkspaceReadsPerSecond), WorkspaceReadsPerSecond), (nameof(WorkspaceWritesPerSecond), WorkspaceWritesPerSecond),
    ];
}
