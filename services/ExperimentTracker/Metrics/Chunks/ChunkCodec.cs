using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace MlopsPlane.ExperimentTracker.Metrics.Chunks;

/// <summary>
/// The bytes of a chunk: a version, then for each point how much its timestamp's and its step's distance to the point
/// before differ from the distance before (zigzag, base 128, so a steady pace takes a byte each), and its value as a
/// little-endian double.
/// </summary>
internal static class ChunkCodec
{
    private const byte Version = 1;
    private const int MaxPointBytes = 10 + 10 + 8;

    public static byte[] Encode(ReadOnlySpan<HistoryPoint> points)
    {
        var bytes = new byte[1 + (points.Length * MaxPointBytes)];
        bytes[0] = Version;
        var at = 1;
        var (time, step) = (new Pace(), new Pace());
        foreach (var point in points)
        {
            at = Write(bytes, at, time.Shrink(point.Timestamp));
            at = Write(bytes, at, step.Shrink(point.Step));
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(at), point.Value);
            at += sizeof(double);
        }

        return bytes[..at];
    }

    /// <summary>Reads as many points as <paramref name="points"/> has room for, which is the chunk's count.</summary>
    /// <exception cref="InvalidDataException">The bytes are no chunk of that many points.</exception>
    public static void Decode(ReadOnlySpan<byte> bytes, Span<HistoryPoint> points)
    {
        if (bytes.IsEmpty || bytes[0] != Version)
            throw new InvalidDataException("A chunk of a history is of an unknown version.");
        var at = 1;
        var (time, step) = (new Pace(), new Pace());
        for (var i = 0; i < points.Length; i++)
        {
            var timestamp = time.Grow(Read(bytes, ref at));
            var number = step.Grow(Read(bytes, ref at));
            if (at + sizeof(double) > bytes.Length)
                throw new InvalidDataException("A chunk of a history is too short.");
            points[i] = new HistoryPoint(timestamp, number, BinaryPrimitives.ReadDoubleLittleEndian(bytes[at..]));
            at += sizeof(double);
        }

        if (at != bytes.Length)
            throw new InvalidDataException("A chunk of a history is too long.");
    }

    private static int Write(byte[] bytes, int at, long value)
    {
        var left = (ulong)((value << 1) ^ (value >> 63));
        for (; left >= 0x80; left >>= 7)
            bytes[at++] = (byte)(left | 0x80);
        bytes[at++] = (byte)left;
        return at;
    }

    private static long Read(ReadOnlySpan<byte> bytes, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (at >= bytes.Length)
                throw new InvalidDataException("A chunk of a history is too short.");
            var next = bytes[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return (long)(value >> 1) ^ -(long)(value & 1);
        }

        throw new InvalidDataException("A chunk of a history holds a number that is too long.");
    }

    /// <summary>A series that mostly moves at one pace; distances wrap around, so that every pair of numbers has one.</summary>
    [StructLayout(LayoutKind.Auto)]
    private struct Pace
    {
        private long last;
        private long distance;

        public long Shrink(long value)
        {
            var (now, before) = (unchecked(value - last), distance);
            (last, distance) = (value, now);
            return unchecked(now - before);
        }

        public long Grow(long change)
        {
            distance = unchecked(distance + change);
            return last = unchecked(last + distance);
        }
    }
}
