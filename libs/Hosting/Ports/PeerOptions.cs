namespace MlopsPlane.Hosting.Ports;

/// <summary>
/// Section <c>Services</c>: where the other services answer when they are processes of their own; the addresses of
/// several replicas with semicolons between them.
/// </summary>
public sealed class PeerOptions
{
    /// <summary>Base address of Access, e.g. <c>http://access:8080</c>.</summary>
    public string? Access { get; set; }

    /// <summary>Base address of ExperimentTracker.</summary>
    public string? Tracker { get; set; }

    /// <summary>Base address of ModelRegistry.</summary>
    public string? Registry { get; set; }

    /// <summary>Base address of InferenceGateway.</summary>
    public string? Inference { get; set; }
}
