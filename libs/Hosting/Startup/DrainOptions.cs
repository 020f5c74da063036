namespace MlopsPlane.Hosting.Startup;

/// <summary>Section <c>Drain</c>: how a process leaves.</summary>
public sealed class DrainOptions
{
    /// <summary>
    /// Seconds, 0 to 30, in which a process that is told to stop says that it is not ready and serves on, so that nothing is sent to
    /// it any more when it stops listening.
    /// </summary>
    public int Seconds { get; set; }
}
