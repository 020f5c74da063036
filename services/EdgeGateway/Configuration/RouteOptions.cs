namespace MlopsPlane.EdgeGateway.Configuration;

/// <summary>One route of the edge.</summary>
public sealed class RouteOptions
{
    /// <summary>Template of the path, without the workspace: <c>/api/v1/tracking/{**rest}</c>.</summary>
    public string? Path { get; set; }

    /// <summary>Name of the service that answers; empty to switch the route off.</summary>
    public string? Service { get; set; }

    /// <summary>Methods that it takes; all when empty.</summary>
    public IList<string> Methods { get; } = [];

    /// <summary>Routes of a lower number are tried first; 0 when absent.</summary>
    public int Order { get; set; }

    /// <summary>Largest body in bytes; -1 for any, which the service then bounds. The product's default when absent.</summary>
    public long? MaxBodyBytes { get; set; }

    /// <summary>A browser stays with the replica that it began with.</summary>
    public bool Affinity { get; set; }
}
