using System.Globalization;

namespace MlopsPlane.EdgeGateway.Configuration;

/// <summary>What the section <c>Edge</c> must be like; every fault is told at once.</summary>
internal static class EdgeRules
{
    public static IReadOnlyList<string> FaultsOf(EdgeOptions options)
    {
        var faults = new List<string>();
        foreach (var (name, service) in options.Services)
        {
            foreach (var address in service.Addresses)
            {
                if (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https"))
                    faults.Add($"Edge:Services:{name}:Addresses: '{address}' is not an address such as http://host:port.");
            }
        }

        foreach (var (name, route) in options.Routes)
        {
            if (route.Path is not ['/', ..])
                faults.Add($"Edge:Routes:{name}:Path must begin with a slash.");
            if (route.MaxBodyBytes < -1)
                faults.Add($"Edge:Routes:{name}:MaxBodyBytes must be -1 or more.");
        }

        Within(faults, "HealthSeconds", options.HealthSeconds, 1, 300);
        Within(faults, "IdleSeconds", options.IdleSeconds, 1, 86_400);
        if (options.CertificateFile is null != options.CertificateKeyFile is null)
            faults.Add("Edge:CertificateFile and Edge:CertificateKeyFile go together.");
        faults.AddRange(options.Limits.Faults());
        return faults;
    }

    private static void Within(List<string> faults, string key, int value, int least, int most)
    {
        if (value < least || value > most)
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"Edge:{key} must be between {least} and {most}."));
    }
}
