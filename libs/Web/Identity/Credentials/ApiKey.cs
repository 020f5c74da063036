using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace MlopsPlane.Web.Identity.Credentials;

/// <summary>
/// The form of API keys: <c>plane_</c>, eight characters that stay visible, <c>_</c>, and 256 random bits in base64url.
/// </summary>
public static class ApiKey
{
    /// <summary>Characters of a whole key.</summary>
    public const int Length = PrefixLength + 1 + SecretLength;

    /// <summary>Characters by which a key can be recognised without being told.</summary>
    public const int PrefixLength = 14;

    private const string Mark = "plane_";
    private const int SecretLength = 43;
    private const string IdAlphabet = "abcdefghijkmnpqrstuvwxyz23456789";

    public static string Generate()
    {
        Span<byte> secret = stackalloc byte[32];
        RandomNumberGenerator.Fill(secret);
        return $"{Mark}{RandomNumberGenerator.GetString(IdAlphabet, PrefixLength - Mark.Length)}_{Base64Url.EncodeToString(secret)}";
    }

    public static bool IsWellFormed(ReadOnlySpan<char> key) =>
        key.Length == Length && key.StartsWith(Mark, StringComparison.Ordinal) && key[PrefixLength] == '_'
        && Base64Url.IsValid(key[(PrefixLength + 1)..]);

    /// <summary>The visible part.</summary>
    public static string PrefixOf(string key) => key[..PrefixLength];

    /// <summary>SHA-256 in lower-case hex: all that is stored. The secret has 256 random bits, so a slow hash would add nothing.</summary>
    public static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(key)));
}
