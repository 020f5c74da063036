using Microsoft.Win32.SafeHandles;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.OpenInference.SharedMemory;

/// <summary>Opens POSIX shared-memory objects by the keys that <c>shm_open</c> takes.</summary>
internal static class SharedMemoryObject
{
    private const string Folder = "/dev/shm/";
    private const int MaxKey = 255;

    /// <exception cref="PlaneException">400: it is no key, or there is no such object that may be used.</exception>
    public static SafeFileHandle Open(string key)
    {
        var name = NameOf(key);
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(Folder + name, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            // What was opened, and not what lay there before or after: a link would have led elsewhere.
            if (File.ResolveLinkTarget($"/proc/self/fd/{file.DangerousGetHandle()}", returnFinalTarget: false)?.FullName != Folder + name)
                throw Invalid(key, "is a link");
            // Pipes and devices have no length.
            _ = RandomAccess.GetLength(file);
            return file;
        }
        catch (Exception failure)
        {
            file?.Dispose();
            throw failure switch
            {
                PlaneException => failure,
                FileNotFoundException or DirectoryNotFoundException => Invalid(key, "does not exist"),
                UnauthorizedAccessException or IOException or NotSupportedException => Invalid(key, "cannot be opened as shared memory for reading and writing"),
                _ => failure,
            };
        }
    }

    private static string NameOf(string key)
    {
        var name = key.StartsWith('/') ? key[1..] : key;
        if (name.Length is 0 or > MaxKey)
            throw Invalid(key, $"must have 1 to {MaxKey} characters beside its leading slash");
        if (name is "." or ".." || name.AsSpan().ContainsAnyExceptInRange('!', '~') || name.Contains('/', StringComparison.Ordinal))
            throw Invalid(key, "must be a name of printable ASCII characters without spaces and slashes beside the leading one");
        return name;
    }

    private static PlaneException Invalid(string key, string why) =>
        PlaneError.Invalid("invalid_key", $"'key': the shared memory '{(key.Length > MaxKey + 1 ? key[..MaxKey] + "…" : key)}' {why}.").ToException();
}
