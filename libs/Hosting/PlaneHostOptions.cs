namespace MlopsPlane.Hosting;

/// <summary>How a host differs from another: everything else is configuration.</summary>
/// <param name="Title">Name in the ready line and in messages.</param>
/// <param name="Embedded">One process with all services: migrates at its start, carries events itself, owns its data folder.</param>
public sealed record PlaneHostOptions(string Title, bool Embedded)
{
    /// <summary>It stands in front of the services: clients show it their keys, whatever address it listens on.</summary>
    public bool Edge { get; init; }

    /// <summary>Extra settings below every other source; for tests and embedders.</summary>
    public IReadOnlyDictionary<string, string?> Defaults { get; init; } = new Dictionary<string, string?>(StringComparer.Ordinal);
}
