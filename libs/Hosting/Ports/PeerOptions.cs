namespace MlopsPlane.Hosting.Ports;

/// <summary>Section <c>Services</c>: where the other services answer when they are processes of their own.</summary>
public sealed class PeerOptions
{
    /// <summary>Base address of Access, e.g. <c>http://access:8080</c>.</summary>
    public Uri? Access { get; set; }

    /// <summary>Base address of ExperimentTracker.</summary>
    public Uri? Tracker { get; set; }

    /// <summary>Base address of ModelRegistry.</summary>
    public Uri? Registry { get; set; }
}
