using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using MlopsPlane.InferenceGateway.ModelStore;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.InferenceGateway.Quarantine;

/// <summary>
/// Tells the next process of this replica what was being loaded or run when this one died: a file that is mapped into
/// memory, so that a mark costs one write to it and outlives a crash of any kind.
/// </summary>
internal sealed unsafe class RunMarkers : IDisposable
{
    private const int Slots = 512;
    private const int DigestBytes = 32;

    // A cache line, so that instances of different versions do not share one.
    private const int SlotBytes = 64;
    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;
    private readonly byte* start;
    private readonly Lock gate = new();
    private readonly bool[] taken = new bool[Slots];

    public RunMarkers(IOptions<ModelCacheOptions> cache, IOptions<DatabaseOptions> data)
    {
        var path = Path.Combine(cache.Value.FolderIn(data.Value), "running.marks");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            if (stream.Length != Slots * SlotBytes)
                stream.SetLength(Slots * SlotBytes);
        }

        file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, Slots * SlotBytes);
        view = file.CreateViewAccessor();
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        AtLastExit = [.. Enumerable.Range(0, Slots).Where(slot => Count(slot) > 0).Select(slot => Convert.ToHexStringLower(Digest(slot))).Distinct(StringComparer.Ordinal)];
        new Span<byte>(start, Slots * SlotBytes).Clear();
    }

    /// <summary>Digests of the versions that were being loaded or run when the last process ended.</summary>
    public IReadOnlyList<string> AtLastExit { get; }

    /// <summary>A place to mark the work on a version in; null when there are too many.</summary>
    public RunMarker? Claim(string digest)
    {
        var bytes = Convert.FromHexString(digest);
        lock (gate)
        {
            var slot = Array.IndexOf(taken, false);
            if (slot < 0 || bytes.Length != DigestBytes)
                return null;
            taken[slot] = true;
            bytes.CopyTo(new Span<byte>(start + (slot * SlotBytes), DigestBytes));
            return new RunMarker((int*)(start + (slot * SlotBytes) + DigestBytes), () => GiveUp(slot));
        }
    }

    public void Dispose()
    {
        file.Dispose();
        lock (gate)
        {
            // A run that is still under way at the end of the process writes its mark all the same.
            if (Array.IndexOf(taken, true) >= 0)
                return;
        }

        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
    }

    private void GiveUp(int slot)
    {
        lock (gate)
        {
            new Span<byte>(start + (slot * SlotBytes), SlotBytes).Clear();
            taken[slot] = false;
        }
    }

    private int Count(int slot) => MemoryMarshal.Read<int>(new ReadOnlySpan<byte>(start + (slot * SlotBytes) + DigestBytes, sizeof(int)));

    private ReadOnlySpan<byte> Digest(int slot) => new(start + (slot * SlotBytes), DigestBytes);
}

/// <summary>Marks of one version; while it counts above nothing, the version is being worked on.</summary>
internal sealed unsafe class RunMarker(int* count, Action giveUp) : IDisposable
{
    private int given;

    public void Enter() => Interlocked.Increment(ref *count);

    public void Leave() => Interlocked.Decrement(ref *count);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref given, 1) == 0)
            giveUp();
    }
}
