using System.Runtime.InteropServices;

namespace MlopsPlane.Storage.Artifacts.Local;

/// <summary>Makes the names in a folder durable, which the runtime offers for files only.</summary>
public static partial class DirectorySync
{
    private const int ReadOnly = 0;

    /// <summary>Flushes the folder's entries to the disk. Windows keeps its own journal of names and needs no call.</summary>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var handle = Open(folder, ReadOnly);
        if (handle < 0)
            throw new IOException($"The folder {folder} cannot be flushed.", Marshal.GetLastPInvokeError());
        try
        {
            if (Sync(handle) != 0)
                throw new IOException($"The folder {folder} cannot be flushed.", Marshal.GetLastPInvokeError());
        }
        finally
        {
            _ = Close(handle);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
