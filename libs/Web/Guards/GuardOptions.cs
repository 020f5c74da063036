namespace MlopsPlane.Web.Guards;

/// <summary>Section <c>Web</c>: who may talk to this process.</summary>
public sealed class GuardOptions
{
    /// <summary>
    /// Host headers accepted beside the loopback names and private addresses, with or without their port;
    /// <c>*.example.com</c> matches subdomains, <c>*</c> all.
    /// </summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>
    /// Origins (scheme://host[:port]) of pages that may call from a browser, beside the process's own and those of this
    /// machine; <c>https://*.example.com</c> matches subdomains, <c>*</c> all.
    /// </summary>
    public IList<string> AllowedOrigins { get; } = [];
}
