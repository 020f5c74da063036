using MlopsPlane.Mlflow.Errors;

namespace MlopsPlane.ModelRegistry.Sources;

/// <summary>Which text may be a source at all: nothing that climbs, however it is written. Pure.</summary>
internal static class SourceRules
{
    // What separates path segments for some reader down the line: URL parts, Windows paths, path parameters.
    private static readonly char[] Separators = ['/', '\\', '?', '#', ';', '&', '='];

    /// <summary>A source elsewhere must be absolute and in normal form after all decoding.</summary>
    public static void CheckRemote(string source)
    {
        var decoded = SourceUri.DecodeFully(source);
        if (HoldsTrick(decoded) || !IsNormal(SourceUri.Parse(decoded).Path))
            throw MlflowErrors.Invalid(
                $"Invalid model version source: '{source}'. If supplying a source as an http, https, local file path, ftp, objectstore, "
                + "or mlflow-artifacts uri, an absolute path must be provided without relative path references present. "
                + "Please provide an absolute path.");
    }

    /// <summary>Whether a local source lies in the artifact folder that it claims to come from.</summary>
    public static bool IsWithin(string source, string artifactRoot)
    {
        var root = SourceUri.Parse(artifactRoot);
        if (!root.IsLocal || root.LocalPath.Length == 0)
            return false;
        var folder = Resolve(root.LocalPath);
        var path = SourceUri.Parse(source).LocalPath;
        // Inside as it stands, and inside still for a reader that decodes once more than it should.
        return IsInside(Resolve(path), folder) && IsInside(Resolve(SourceUri.DecodeFully(path)), folder)
            && !SourceUri.DecodeFully(path).Contains('\0', StringComparison.Ordinal);
    }

    /// <summary>The absolute form of a local path.</summary>
    public static string Resolve(string path) => path.Contains('\0', StringComparison.Ordinal) ? "/" : System.IO.Path.GetFullPath(path.Length == 0 ? "." : path);

    private static bool IsInside(string path, string folder) =>
        path == folder || path.StartsWith(folder.EndsWith('/') ? folder : folder + "/", StringComparison.Ordinal);

    private static bool HoldsTrick(string decoded) =>
        decoded.Any(char.IsControl) || decoded.Split(Separators).Any(segment => segment.Trim() == "..");

    /// <summary>Absolute, without empty and dot segments; slashes may be doubled and trailing.</summary>
    private static bool IsNormal(string path)
    {
        var trimmed = path.TrimEnd('/');
        return trimmed.StartsWith('/') && !trimmed.Split('/').Any(segment => segment is "." or "..");
    }
}
