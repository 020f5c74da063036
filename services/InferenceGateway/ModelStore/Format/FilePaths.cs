using System.Text;

namespace MlopsPlane.InferenceGateway.ModelStore.Format;

/// <summary>Paths below a version's root, with slashes, as registries, <c>MLmodel</c> and ONNX files write them. Pure.</summary>
internal static class FilePaths
{
    private const int MaxSegmentBytes = 255;

    /// <summary>Whether a file may be stored under it as it stands: relative, in normal form, and of plain names.</summary>
    public static bool IsSafe(string path) => TryResolve("", path, out var resolved) && resolved == path;

    /// <summary>What a path means that is written in a folder; false when it is absolute or leads upwards.</summary>
    /// <param name="folder">Folder below the root; empty for the root itself.</param>
    public static bool TryResolve(string folder, string relative, out string path)
    {
        path = "";
        if (relative.Length == 0 || relative[0] == '/' || relative.Contains('\\', StringComparison.Ordinal) || relative.Any(char.IsControl) || NamesDrive(relative))
            return false;
        var segments = relative.Split('/').Where(segment => segment is not ("" or ".")).ToList();
        if (segments.Count == 0 || segments.Exists(segment => segment == ".." || Encoding.UTF8.GetByteCount(segment) > MaxSegmentBytes))
            return false;
        path = string.Join('/', folder.Length == 0 ? segments : segments.Prepend(folder));
        return true;
    }

    /// <summary>The folder that a file lies in; empty for the root.</summary>
    public static string FolderOf(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "";

    /// <summary>A folder and all that it lies in, without the root.</summary>
    public static IEnumerable<string> SelfAndAbove(string folder)
    {
        for (var at = folder; at.Length > 0; at = FolderOf(at))
            yield return at;
    }

    public static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    public static int Depth(string path) => path.Count(c => c == '/');

    private static bool NamesDrive(string path) => path.Length > 1 && path[1] == ':' && char.IsAsciiLetter(path[0]);
}
