using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using MlopsPlane.Web.Health;

namespace MlopsPlane.Web.Identity;

/// <summary>Before routing: no path, known or not, tells anything to a caller without a good credential.</summary>
public sealed class AuthenticationMiddleware(RequestDelegate next, IAuthenticator authenticator, IEnumerable<OpenPaths> open)
{
    private readonly FrozenSet<string> open = open.SelectMany(one => one.Paths).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public Task InvokeAsync(HttpContext http)
    {
        if (ProbeEndpoints.IsProbe(http.Request.Path) || open.Contains(http.Request.Path.Value ?? ""))
            return next(http);
        var asked = authenticator.AuthenticateAsync(http);
        return asked.IsCompletedSuccessfully ? GoOnAsync(http, asked.Result) : AwaitAsync(http, asked);
    }

    private async Task AwaitAsync(HttpContext http, ValueTask<Authentication> asked) => await GoOnAsync(http, await asked);

    private Task GoOnAsync(HttpContext http, Authentication found)
    {
        http.Features.Set(found.Caller ?? throw found.Refusal!.ToException());
        return next(http);
    }
}

public static class CallerRequests
{
    /// <summary>Who sends the request.</summary>
    public static CallerIdentity Caller(this HttpContext http) =>
        http.Features.Get<CallerIdentity>() ?? throw new InvalidOperationException("The request was not authenticated.");
}
