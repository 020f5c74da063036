using Microsoft.AspNetCore.Http;
using MlopsPlane.Web.Guards;

namespace MlopsPlane.Web.Workspaces;

/// <summary>The base path of a workspace, <c>/w/{workspace}</c>.</summary>
internal static class WorkspacePath
{
    public static PathString Prefix { get; } = new("/w");

    /// <summary>Takes the workspace off a path; false, with the path as it is, when it names none.</summary>
    public static bool TrySplit(PathString path, out string name, out PathString rest)
    {
        (name, rest) = ("", path);
        if (!path.StartsWithSegments(Prefix, StringComparison.Ordinal, out var tail) || tail.Value is not { Length: > 1 } text)
            return false;
        var slash = text.IndexOf('/', 1);
        name = slash < 0 ? text[1..] : text[1..slash];
        // Whoever gives the base path with a slash at its end gets two of them here.
        rest = slash < 0 ? new PathString("/") : LeadingSlashes.Reduce(new PathString(text[slash..]));
        return true;
    }
}
