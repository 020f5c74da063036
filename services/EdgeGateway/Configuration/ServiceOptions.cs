namespace MlopsPlane.EdgeGateway.Configuration;

/// <summary>One service behind the edge.</summary>
public sealed class ServiceOptions
{
    /// <summary>Addresses of its replicas.</summary>
    public IList<Uri> Addresses { get; } = [];

    /// <summary>Name of the module that the edge's tokens are for; the service's own name when absent.</summary>
    public string? Module { get; set; }

    /// <summary>It speaks HTTP/2 without TLS, as gRPC servers do.</summary>
    public bool Http2 { get; set; }
}
