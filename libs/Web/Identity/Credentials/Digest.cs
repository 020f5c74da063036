using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace MlopsPlane.Web.Identity.Credentials;

/// <summary>SHA-256 of a credential: the only form in which one is remembered. Looking it up tells nothing of the secret by its time.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Digest(ulong First, ulong Second, ulong Third, ulong Fourth)
{
    public const int MaxCharacters = 16 * 1024;

    /// <summary>Digest of ASCII text; null when it is longer than a credential can be or holds other characters.</summary>
    public static Digest? Of(ReadOnlySpan<char> text)
    {
        if (text.Length > MaxCharacters)
            return null;
        Span<byte> bytes = text.Length <= 1024 ? stackalloc byte[text.Length] : new byte[text.Length];
        if (Encoding.ASCII.GetBytes(text, bytes) != text.Length || !Ascii.IsValid(text))
            return null;
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(bytes, hash);
        return MemoryMarshal.Read<Digest>(hash);
    }

    /// <summary>The digest in lower-case hex.</summary>
    public string ToHex()
    {
        var digest = this;
        return Convert.ToHexStringLower(MemoryMarshal.AsBytes(new ReadOnlySpan<Digest>(in digest)));
    }
}
