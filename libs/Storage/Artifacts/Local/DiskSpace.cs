namespace MlopsPlane.Storage.Artifacts.Local;

public static class DiskSpace
{
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;

    /// <summary>
    /// Whether a write failed because the disk or the user's share of it is full. The runtime keeps the system's error
    /// number in the result code of an I/O exception.
    /// </summary>
    public static bool RanOut(IOException failure) => (failure.HResult & 0xFFFF) is NoSpace or QuotaExceeded;
}
