using Microsoft.AspNetCore.Http;
using MlopsPlane.Primitives;

namespace MlopsPlane.EdgeGateway.Joined.Events;

/// <summary>Which services a request about events means.</summary>
internal static class Asked
{
    /// <summary>Names of consumers begin with their module's: <c>tracker.artifacts</c> is tracker's.</summary>
    public static string? ServiceOf(string? consumer) => consumer?.Split('.')[0];

    /// <summary>The one that is named, else all.</summary>
    /// <exception cref="PlaneException">404: none of that name lies behind this edge.</exception>
    public static IReadOnlyList<string> Among(ServiceClient services, string? service)
    {
        var known = services.Services;
        if (service is null)
            return known;
        return known.Contains(service, StringComparer.Ordinal) ? [service] : throw PlaneError.NotFound(
            "service_not_found", $"'{service}' is none of the services behind this edge: {string.Join(", ", known)}.").ToException();
    }

    /// <summary>The request, sent on to each of them as it came.</summary>
    public static async Task<ServiceAnswer[]> AllAsync(HttpContext http, ServiceClient services, string? service)
    {
        var method = HttpMethod.Parse(http.Request.Method);
        var target = http.Request.Path + http.Request.QueryString.ToString();
        return await Task.WhenAll(Among(services, service).Select(name => services.SendAsync(method, name, target, http)));
    }
}
