using Microsoft.AspNetCore.Http;

namespace MlopsPlane.Web.Identity;

/// <summary>Tells who sends a request. One of three: nobody is asked, credentials of clients, tokens of the edge.</summary>
public interface IAuthenticator
{
    /// <summary>The caller, or why the request is not accepted.</summary>
    ValueTask<Authentication> AuthenticateAsync(HttpContext http);
}

/// <param name="Caller">Who it is; null when the request is refused.</param>
/// <param name="Refusal">What to tell a caller that is refused.</param>
public readonly record struct Authentication(CallerIdentity? Caller, Primitives.PlaneError? Refusal = null)
{
    public static Authentication Refused(string why) => new(null, Refusals.Unauthenticated(why));
}

/// <summary>Asks nobody: a process on loopback addresses without identity.</summary>
public sealed class LocalAuthenticator : IAuthenticator
{
    public ValueTask<Authentication> AuthenticateAsync(HttpContext http) => new(new Authentication(CallerIdentity.Local));
}
