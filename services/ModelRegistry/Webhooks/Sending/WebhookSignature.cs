using System.Security.Cryptography;
using System.Text;

namespace MlopsPlane.ModelRegistry.Webhooks.Sending;

/// <summary>MLflow's headers of a delivery, which follow the Standard Webhooks conventions.</summary>
internal static class WebhookSignature
{
    public const string SignatureHeader = "X-MLflow-Signature";
    public const string DeliveryIdHeader = "X-MLflow-Delivery-Id";

    /// <summary>Seconds since 1970 UTC at which the attempt was signed.</summary>
    public const string TimestampHeader = "X-MLflow-Timestamp";

    /// <summary><c>v1,</c> and the base64 of HMAC-SHA256 over <c>delivery_id.timestamp.payload</c>.</summary>
    public static string Of(byte[] secret, string deliveryId, string timestamp, string payload) =>
        "v1," + Convert.ToBase64String(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{deliveryId}.{timestamp}.{payload}")));
}
