using Microsoft.AspNetCore.Http;
using MlopsPlane.Primitives;

namespace MlopsPlane.Web.Workspaces;

/// <summary>
/// Takes the workspace from the base path <c>/w/{workspace}</c>, which it moves to the path base, or from the header.
/// Whether the workspace exists is the services' business.
/// </summary>
public sealed class WorkspaceMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http)
    {
        string? name = null;
        var request = http.Request;
        if (WorkspacePath.TrySplit(request.Path, out var inPath, out var rest))
        {
            name = inPath;
            Check(name);
            request.PathBase = request.PathBase.Add(WorkspacePath.Prefix).Add(new PathString("/" + name));
            request.Path = rest;
        }

        if (!IgnoresHeader(request.Path) && request.Headers.TryGetValue(WorkspaceName.Header, out var header) && header.ToString().Trim() is { Length: > 0 } named)
        {
            Check(named);
            if (name is not null && name != named)
                throw PlaneError.Invalid("INVALID_PARAMETER_VALUE",
                    $"The path names workspace '{name}' and the header {WorkspaceName.Header} names '{named}'; they must agree.").ToException();
            name = named;
        }

        if (name is not null && name != WorkspaceName.Default)
            http.Features.Set(new WorkspaceFeature(name));
        return next(http);
    }

    /// <summary>A client asks whether there are workspaces at all, whatever name it is set to send.</summary>
    private static bool IgnoresHeader(PathString path) =>
        path.Value is { } text && text.EndsWith("/mlflow/server-info", StringComparison.Ordinal);

    private static void Check(string name)
    {
        if (name != WorkspaceName.Default && WorkspaceName.Refusal(name) is { } refusal)
            throw PlaneError.Invalid("INVALID_PARAMETER_VALUE", refusal).ToException();
    }
}
