using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Options;
using MlopsPlane.ModelRegistry.Webhooks.Secrets;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Outbound;

namespace MlopsPlane.ModelRegistry.Webhooks.Sending;

/// <summary>Sends one request to a receiver, within bounds of time, size and place. It never throws for what the receiver does.</summary>
internal sealed class WebhookClient(
    IHttpClientFactory clients, WebhookUrl urls, WebhookSecrets secrets, IOptions<WebhookOptions> options, TimeProvider clock)
{
    /// <summary>Name of the client in the factory.</summary>
    public const string Name = "registry-webhooks";

    /// <summary>How long looking the name up and connecting may take.</summary>
    public static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(5);

    private const int MaxAnswerBytes = 8 * 1024;

    public async Task<SendResult> SendAsync(Webhook webhook, string deliveryId, string payload, CancellationToken ct)
    {
        Uri url;
        try
        {
            // The configuration may have become stricter since the webhook was made.
            url = urls.Check(webhook.Url);
        }
        catch (PlaneException refused)
        {
            return SendResult.Refused(refused.Message);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, url);
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(payload));
        content.Headers.ContentType = new("application/json");
        request.Content = content;
        if (!TrySign(request, webhook, deliveryId, payload))
            return SendResult.Unreached("The webhook's secret cannot be read: it was encrypted with another key. Set it again, or bring the key back.");
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bound.CancelAfter(TimeSpan.FromSeconds(options.Value.TimeoutSeconds));
        try
        {
            using var response = await clients.CreateClient(Name).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, bound.Token);
            return new SendResult((int)response.StatusCode, await BeginningAsync(response, bound.Token), RetryAfter(response), Error: null, MayHelpToRepeat(response.StatusCode));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return SendResult.Unreached(bound.IsCancellationRequested
                ? $"The receiver did not answer within {options.Value.TimeoutSeconds} s."
                : $"No connection was made within {ConnectWithin.TotalSeconds} s.");
        }
        catch (HttpRequestException failure)
        {
            return Find<AddressRefusedException>(failure) is { } refused ? SendResult.Refused(refused.Message) : SendResult.Unreached(Reason(failure));
        }
    }

    private bool TrySign(HttpRequestMessage request, Webhook webhook, string deliveryId, string payload)
    {
        var timestamp = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        request.Headers.Add(WebhookSignature.DeliveryIdHeader, deliveryId);
        request.Headers.Add(WebhookSignature.TimestampHeader, timestamp);
        if (webhook.Secret is null)
            return true;
        if (secrets.Reveal(webhook.WebhookId, webhook.Secret) is not { } secret)
            return false;
        request.Headers.Add(WebhookSignature.SignatureHeader, WebhookSignature.Of(secret, deliveryId, timestamp, payload));
        return true;
    }

    /// <summary>The beginning of the answer's body; what of it does not come in time is left out, since the status has been said.</summary>
    private static async Task<string> BeginningAsync(HttpResponseMessage response, CancellationToken bound)
    {
        var buffer = new byte[MaxAnswerBytes];
        var length = 0;
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(bound);
            length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, bound);
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException or OperationCanceledException)
        {
            return "";
        }

        return Encoding.UTF8.GetString(buffer, 0, length).Replace('\0', '\ufffd');
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter is { } after ? after.Delta ?? (after.Date - clock.GetUtcNow()) : null;

    private static bool MayHelpToRepeat(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    /// <summary>What the platform says at the bottom of it: the top only tells that something failed.</summary>
    private static string Reason(Exception failure) => failure.InnerException is { } inner ? Reason(inner) : failure.Message;

    private static T? Find<T>(Exception? exception) where T : Exception =>
        exception as T ?? (exception is null ? null : Find<T>(exception.InnerException));
}

/// <summary>What came of one request.</summary>
/// <param name="Status">HTTP status; null when there was no answer.</param>
/// <param name="Body">Beginning of the answer.</param>
/// <param name="RetryAfter">How long the receiver asks to be left alone.</param>
/// <param name="Error">Why there was no answer.</param>
/// <param name="MayRepeat">Whether another attempt may end otherwise.</param>
internal sealed record SendResult(int? Status, string? Body, TimeSpan? RetryAfter, string? Error, bool MayRepeat)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    public static SendResult Refused(string error) => new(null, null, null, error, MayRepeat: false);

    public static SendResult Unreached(string error) => new(null, null, null, error, MayRepeat: true);
}
