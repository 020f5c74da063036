using System.Text;
using Microsoft.AspNetCore.Http;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ModelRegistry.History;

/// <summary>Who changes something, why and when, as far as the request tells.</summary>
/// <param name="Actor">The caller's identity; where none is asked for, the user name of Basic authentication, else the header <c>X-Plane-Actor</c>.</param>
/// <param name="Reason">Given in the body of the product's own API, else the header <c>X-Plane-Reason</c>.</param>
/// <param name="At">Microseconds since 1970 UTC.</param>
internal sealed record Change(string Workspace, string? Actor, string? Reason, long At)
{
    public const string ActorHeader = "X-Plane-Actor";
    public const string ReasonHeader = "X-Plane-Reason";
    private const int MaxActorLength = 256;
    private const int MaxReasonLength = 2000;

    public static Change Of(HttpContext http, string workspace, long at, string? reason = null) =>
        new(workspace, ActorOf(http), Bounded(reason ?? Header(http.Request, ReasonHeader), MaxReasonLength, "reason"), at);

    private static string? ActorOf(HttpContext http)
    {
        if (http.Caller() is { IsLocal: false } caller)
            return caller.Name;
        var request = http.Request;
        var authorization = request.Headers.Authorization.ToString();
        if (!authorization.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
            return Bounded(Header(request, ActorHeader), MaxActorLength, "actor");
        var bytes = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization[6..].Trim(), bytes, out var length))
            return null;
        var credentials = Encoding.UTF8.GetString(bytes, 0, length);
        var user = credentials.Split(':', 2)[0];
        return user.Length == 0 || user.Contains('\0') ? null : Bounded(user, MaxActorLength, "actor");
    }

    private static string? Header(HttpRequest request, string name) =>
        request.Headers.TryGetValue(name, out var value) && value.ToString().Trim() is { Length: > 0 } text ? text : null;

    private static string? Bounded(string? text, int limit, string what)
    {
        if (text is null)
            return null;
        if (text.Length > limit)
            throw PlaneError.Invalid("INVALID_PARAMETER_VALUE", $"'{what}' exceeds the maximum length of {limit} characters").ToException();
        return text.Contains('\0')
            ? throw PlaneError.Invalid("INVALID_PARAMETER_VALUE", $"'{what}' must not contain NUL characters.").ToException()
            : text;
    }
}
