namespace MlopsPlane.Web.Guards;

/// <summary>Section <c>Web</c>: who may talk to this process.</summary>
public sealed class GuardOptions
{
    /// <summary>Host names accepted beside the loopback names; <c>*.example.com</c> matches subdomains, <c>*</c> all.</summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>Origins (scheme://host[:port]) of pages that may change state from a browser, beside the process's own.</summary>
    public IList<string> AllowedOrigins { get; } = [];
}
