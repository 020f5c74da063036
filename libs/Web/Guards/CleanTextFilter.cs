using Microsoft.AspNetCore.Http;
using MlopsPlane.Primitives;

namespace MlopsPlane.Web.Guards;

/// <summary>Refuses NUL in the texts of a request's address: neither database keeps it, and PostgreSQL fails on it.</summary>
public static class CleanTextFilter
{
    /// <summary>An endpoint filter that judges the query and the path's values.</summary>
    public static ValueTask<object?> JudgeAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var request = call.HttpContext.Request;
        foreach (var (name, values) in request.Query)
        {
            if (values.Any(IsDirty))
                throw Refusal(name);
        }

        foreach (var (name, value) in request.RouteValues)
        {
            if (IsDirty(value as string))
                throw Refusal(name);
        }

        return next(call);
    }

    private static bool IsDirty(string? text) => text?.Contains('\0') == true;

    private static PlaneException Refusal(string name) =>
        PlaneError.Invalid("invalid_text", $"'{name}' must not contain NUL characters.").ToException();
}
