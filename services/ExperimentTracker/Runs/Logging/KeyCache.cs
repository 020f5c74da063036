using System.Text;

namespace MlopsPlane.ExperimentTracker.Runs.Logging;

/// <summary>Gives equal keys of one request the same string: a batch repeats a few keys many times.</summary>
internal sealed class KeyCache
{
    private const int Slots = 128;
    private readonly string?[] keys = new string?[Slots];

    /// <param name="utf8">ASCII.</param>
    public string Get(ReadOnlySpan<byte> utf8)
    {
        var hash = new HashCode();
        hash.AddBytes(utf8);
        ref var slot = ref keys[hash.ToHashCode() & (Slots - 1)];
        if (slot is null || !Ascii.Equals(utf8, slot))
            slot = Encoding.ASCII.GetString(utf8);
        return slot;
    }
}
