using System.Buffers.Text;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using MlopsPlane.Web.Identity.Credentials;

namespace MlopsPlane.Web.Identity.Tokens;

/// <summary>
/// The token with which one process of the product tells another who calls: base64url of a JSON document, a dot, and
/// base64url of its HMAC-SHA-256. There is one algorithm and it is not written in the token, so none can be chosen.
/// </summary>
internal static class IdentityToken
{
    public const string Header = "X-Plane-Identity";

    private const int MacLength = 43;

    /// <summary>Longest token that a service takes, in characters.</summary>
    public const int MaxLength = Digest.MaxCharacters;

    /// <summary>Stands before a packed document; it is no character of base64url.</summary>
    private const char Packed = '~';

    /// <summary>Rules of many grants are much alike: packed, a thousand of them fit into a header.</summary>
    private const int PackFrom = 2048;

    public static string Write(TokenBody body, byte[] key)
    {
        var document = JsonSerializer.SerializeToUtf8Bytes(body, TokenJson.Default.TokenBody);
        var payload = document.Length < PackFrom ? Base64Url.EncodeToString(document) : Packed + Base64Url.EncodeToString(Pack(document));
        Span<byte> mac = stackalloc byte[32];
        HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(payload), mac);
        return $"{payload}.{Base64Url.EncodeToString(mac)}";
    }

    /// <summary>The body of a token that one of the keys signed; nothing of it is read before. The comparison takes a time that does not depend on the signature.</summary>
    public static TokenBody? Verify(string token, IEnumerable<byte[]> keys)
    {
        var dot = token.LastIndexOf('.');
        if (dot <= 0 || token.Length - dot - 1 != MacLength || !Ascii.IsValid(token) || !Base64Url.IsValid(token.AsSpan(dot + 1)))
            return null;
        var (payload, shown) = (Encoding.ASCII.GetBytes(token[..dot]), Base64Url.DecodeFromChars(token.AsSpan(dot + 1)));
        Span<byte> mac = stackalloc byte[32];
        foreach (var key in keys)
        {
            HMACSHA256.HashData(key, payload, mac);
            if (CryptographicOperations.FixedTimeEquals(mac, shown))
                return Read(payload);
        }

        return null;
    }

    private static TokenBody? Read(ReadOnlySpan<byte> payload)
    {
        if (payload[0] != Packed)
            return JsonSerializer.Deserialize(Base64Url.DecodeFromUtf8(payload), TokenJson.Default.TokenBody);
        using var document = new BrotliStream(new MemoryStream(Base64Url.DecodeFromUtf8(payload[1..])), CompressionMode.Decompress);
        return JsonSerializer.Deserialize(document, TokenJson.Default.TokenBody);
    }

    private static byte[] Pack(byte[] document)
    {
        var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Optimal))
            brotli.Write(document);
        return packed.ToArray();
    }
}

/// <param name="Audience">The service that the token is for.</param>
/// <param name="ExpiresAt">Milliseconds since 1970 UTC.</param>
internal sealed record TokenBody(
    [property: JsonPropertyName("aud"), JsonRequired] string Audience,
    [property: JsonPropertyName("exp"), JsonRequired] long ExpiresAt,
    [property: JsonPropertyName("id"), JsonRequired] CallerIdentity Caller);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TokenBody))]
internal sealed partial class TokenJson : JsonSerializerContext;
