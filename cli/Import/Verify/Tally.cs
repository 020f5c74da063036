using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace MlopsPlane.Cli.Import.Verify;

/// <summary>
/// How many lines there are of each kind, and a digest of them that does not depend on their order: the sum of their
/// SHA-256 digests modulo 2^256. A line is its fields in UTF-8, joined by NUL.
/// </summary>
internal sealed class Tally
{
    private readonly SortedDictionary<string, Sum> sums = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, Sum> Kinds => sums;

    public void Add(string kind, params ReadOnlySpan<string> fields)
    {
        var line = string.Join('\0', fields);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(line), digest);
        sums[kind] = sums.GetValueOrDefault(kind).Plus(new Sum(1, Part(digest, 0), Part(digest, 1), Part(digest, 2), Part(digest, 3)));
    }

    /// <summary>Adds another one's lines; one thread at a time.</summary>
    public void Add(Tally other)
    {
        lock (sums)
        {
            foreach (var (kind, sum) in other.sums)
                sums[kind] = sums.GetValueOrDefault(kind).Plus(sum);
        }
    }

    public Sum Of(string kind) => sums.GetValueOrDefault(kind);

    private static ulong Part(ReadOnlySpan<byte> digest, int part) => BinaryPrimitives.ReadUInt64BigEndian(digest[(part * 8)..]);

    /// <param name="A">The most significant part of the sum; <paramref name="D"/> is the least.</param>
    [StructLayout(LayoutKind.Auto)]
    public readonly record struct Sum(long Count, ulong A, ulong B, ulong C, ulong D)
    {
        /// <summary>The sum in hex.</summary>
        public string Digest => $"{A:x16}{B:x16}{C:x16}{D:x16}";

        public Sum Plus(Sum other)
        {
            var d = (UInt128)D + other.D;
            var c = (UInt128)C + other.C + (d >> 64);
            var b = (UInt128)B + other.B + (c >> 64);
            return new Sum(Count + other.Count, A + other.A + (ulong)(b >> 64), (ulong)b, (ulong)c, (ulong)d);
        }
    }
}
