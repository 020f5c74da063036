using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace MlopsPlane.Primitives;

/// <summary>Page tokens: base64url of a small JSON document that only the server reads.</summary>
public static class OpaqueToken
{
    /// <summary>Longest token that is looked at; a longer one cannot be ours.</summary>
    public const int MaxLength = 8192;

    public static string Encode<T>(T value, JsonTypeInfo<T> type) =>
        Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>Reads a token back; false when it is not one that <see cref="Encode"/> wrote for this type.</summary>
    public static bool TryDecode<T>(string token, JsonTypeInfo<T> type, out T? value)
    {
        value = default;
        if (token.Length > MaxLength || !Base64Url.IsValid(token))
            return false;
        try
        {
            value = JsonSerializer.Deserialize(Base64Url.DecodeFromChars(token), type);
            return value is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
