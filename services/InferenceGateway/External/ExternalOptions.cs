namespace MlopsPlane.InferenceGateway.External;

/// <summary>Section <c>Serving</c>: which servers outside may answer for variants.</summary>
internal sealed class ExternalOptions
{
    /// <summary>
    /// External servers that may lie at addresses which are not public: names of hosts (<c>*.example.internal</c> for all of a
    /// domain), which may then resolve to any address, or networks (<c>10.0.0.0/8</c>) and single addresses, which any name may
    /// resolve to. A process that asks nobody for identity reaches its own machine anyway.
    /// </summary>
    public IList<string> ExternalHosts { get; } = [];

    /// <summary>Files by host of an external server; what a file holds is sent to it as <c>Authorization</c>.</summary>
    public IDictionary<string, string> ExternalKeys { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
}
