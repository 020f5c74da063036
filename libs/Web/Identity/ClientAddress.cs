using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Web.Identity.Tokens;

namespace MlopsPlane.Web.Identity;

public static class ClientAddress
{
    /// <summary>Longest address that is taken from the edge, in characters.</summary>
    private const int MaxLength = 64;

    /// <summary>
    /// Where a request came from: as the edge saw it, where only the edge can call; else the other end of the connection.
    /// </summary>
    public static string? ClientAddressOf(this HttpContext http)
    {
        if (http.RequestServices.GetRequiredService<IAuthenticator>() is TokenAuthenticator
            && http.Request.Headers["X-Forwarded-For"].ToString() is { Length: > 0 and <= MaxLength } forwarded)
            return forwarded;
        return http.Connection.RemoteIpAddress?.ToString();
    }
}
