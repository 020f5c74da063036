using System.Buffers;
using Microsoft.Win32.SafeHandles;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.OpenInference.SharedMemory;

/// <summary>
/// A part of a POSIX shared-memory object that a client of this machine registered. It is read and written as the file
/// that it is on Linux: a process dies of SIGBUS when it touches a mapping that another has shortened meanwhile.
/// </summary>
/// <param name="Offset">Byte of the object that the region begins at.</param>
internal sealed record SharedRegion(string Name, string Key, long Offset, long Bytes, SafeFileHandle File) : IDisposable
{
    /// <summary>Copies bytes out of it.</summary>
    /// <param name="at">Byte of the region.</param>
    /// <exception cref="PlaneException">400: the object has become too short. 404: it was unregistered meanwhile.</exception>
    public void Read(long at, Span<byte> to)
    {
        try
        {
            for (var from = Offset + at; to.Length > 0;)
            {
                var got = RandomAccess.Read(File, to, from);
                if (got == 0)
                    throw Shortened();
                to = to[got..];
                from += got;
            }
        }
        catch (ObjectDisposedException)
        {
            throw SharedMemoryRegions.Unknown(Name);
        }
    }

    /// <summary>Copies bytes into it.</summary>
    /// <inheritdoc cref="Read"/>
    public void Write(long at, ReadOnlySequence<byte> data)
    {
        try
        {
            if (Offset + at + data.Length > RandomAccess.GetLength(File))
                throw Shortened();
            var to = Offset + at;
            foreach (var part in data)
            {
                RandomAccess.Write(File, part.Span, to);
                to += part.Length;
            }
        }
        catch (ObjectDisposedException)
        {
            throw SharedMemoryRegions.Unknown(Name);
        }
    }

    public void Dispose() => File.Dispose();

    private PlaneException Shortened() =>
        PlaneError.Invalid("invalid_region", $"The shared memory '{Key}' of the region '{Name}' has become shorter than what was registered.").ToException();
}
