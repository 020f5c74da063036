using System.Text;
using Microsoft.AspNetCore.Http;

namespace MlopsPlane.Web.Identity.Credentials;

/// <summary>The secret that a request shows: bearer token, password of Basic, or <c>X-Api-Key</c>.</summary>
public static class Credential
{
    /// <summary>Header of keys, beside the standard one.</summary>
    public const string KeyHeader = "X-Api-Key";
    private const string Bearer = "Bearer ";
    private const string Basic = "Basic ";
    private const int MaxLength = 16 * 1024;

    /// <summary>The secret; empty when the request shows none, or none that can be read.</summary>
    internal static ReadOnlySpan<char> Of(HttpRequest request)
    {
        var given = request.Headers.Authorization;
        if (given.Count == 1 && given[0] is { Length: <= MaxLength } header)
        {
            if (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
                return header.AsSpan(Bearer.Length).Trim();
            if (header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
                return PasswordOf(header.AsSpan(Basic.Length).Trim());
            return default;
        }

        return given.Count == 0 && request.Headers.TryGetValue(KeyHeader, out var key) && key.Count == 1 ? key[0].AsSpan().Trim() : default;
    }

    /// <summary>RFC 7617: base64 of <c>user:password</c>. Whatever the user is called, the key is the password.</summary>
    private static ReadOnlySpan<char> PasswordOf(ReadOnlySpan<char> encoded)
    {
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64Chars(encoded, bytes, out var length))
            return default;
        var text = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? default : text.AsSpan(colon + 1);
    }
}
