using System.Security.Cryptography;
using System.Text;

namespace MlopsPlane.ModelRegistry.Webhooks.Secrets;

/// <summary>
/// Secrets as the database holds them: AES-256-GCM with a fresh nonce, bound to the webhook's id so that one cannot be put
/// into another row. Layout: format (1 byte), nonce (12), tag (16), ciphertext.
/// </summary>
internal sealed class WebhookSecrets(WebhookKey keys)
{
    private const byte Format = 1;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int HeadLength = 1 + NonceLength + TagLength;

    /// <exception cref="Primitives.PlaneException">400: there is no key, and none may be made.</exception>
    public byte[] Protect(string webhookId, string secret)
    {
        var plain = Encoding.UTF8.GetBytes(secret);
        var sealedText = new byte[HeadLength + plain.Length];
        sealedText[0] = Format;
        var nonce = sealedText.AsSpan(1, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(keys.Take(), TagLength);
        cipher.Encrypt(nonce, plain, sealedText.AsSpan(HeadLength), sealedText.AsSpan(1 + NonceLength, TagLength), Encoding.UTF8.GetBytes(webhookId));
        CryptographicOperations.ZeroMemory(plain);
        return sealedText;
    }

    /// <summary>The bytes that sign; null when the key at hand is not the one that they were encrypted with.</summary>
    public byte[]? Reveal(string webhookId, byte[] sealedText)
    {
        if (sealedText.Length < HeadLength || sealedText[0] != Format || !keys.TryGet(out var key))
            return null;
        var plain = new byte[sealedText.Length - HeadLength];
        using var cipher = new AesGcm(key, TagLength);
        try
        {
            cipher.Decrypt(
                sealedText.AsSpan(1, NonceLength), sealedText.AsSpan(HeadLength), sealedText.AsSpan(1 + NonceLength, TagLength), plain,
                Encoding.UTF8.GetBytes(webhookId));
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
