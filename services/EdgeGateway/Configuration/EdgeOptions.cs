using MlopsPlane.EdgeGateway.Limits;

namespace MlopsPlane.EdgeGateway.Configuration;

/// <summary>Section <c>Edge</c>: what lies behind the edge and how requests get there. It is read again when it changes.</summary>
public sealed class EdgeOptions
{
    /// <summary>The services by name: <c>tracker</c>, <c>registry</c>, <c>access</c>, <c>console</c>, ...</summary>
    public IDictionary<string, ServiceOptions> Services { get; } = new Dictionary<string, ServiceOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The routes by name; those of the product are in its settings file. One without a service is switched off.</summary>
    public IDictionary<string, RouteOptions> Routes { get; } = new Dictionary<string, RouteOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>How many requests one caller and one workspace may send.</summary>
    public LimitOptions Limits { get; set; } = new();

    /// <summary>Address with cleartext HTTP/2 for gRPC, e.g. <c>http://0.0.0.0:5081</c>; with TLS the main address takes gRPC too.</summary>
    public string? GrpcUrl { get; set; }

    /// <summary>PEM file of the certificate and those above it; read again when it changes. Then the addresses are https.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>PEM file of the certificate's private key.</summary>
    public string? CertificateKeyFile { get; set; }

    /// <summary>Folder of the keys that protect affinity cookies; all replicas of the edge share it.</summary>
    public string? KeyFolder { get; set; }

    /// <summary>Seconds between two looks at each replica, 1 to 300.</summary>
    public int HealthSeconds { get; set; } = 1;

    /// <summary>Seconds in which neither side of a request may be silent, 1 to 86400.</summary>
    public int IdleSeconds { get; set; } = 600;

    /// <summary>Write a line for every request.</summary>
    public bool RequestLog { get; set; } = true;
}
