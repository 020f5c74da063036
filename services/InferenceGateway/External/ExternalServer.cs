using System.Net;
using System.Text.Json;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Outbound;

namespace MlopsPlane.InferenceGateway.External;

/// <summary>One external server as a variant names it: sends requests within bounds, and tells what went wrong for whom.</summary>
/// <param name="variant">What errors call it.</param>
/// <param name="url">Base address; a path of its own is kept.</param>
/// <param name="authorization">Value of the header; null for none.</param>
internal sealed class ExternalServer(HttpClient client, string variant, string url, string? authorization, long maxBytes)
{
    /// <summary>Name of the client in the factory, and of the rule of addresses.</summary>
    public const string ClientName = "inference-external";

    /// <summary>How long looking the name up and connecting may take.</summary>
    public static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(5);

    private const int MaxMessage = 500;
    private const int MaxErrorBytes = 64 * 1024;
    private readonly string root = url.TrimEnd('/');

    /// <summary>Sends a request; the caller disposes the answer, whose body is not read yet.</summary>
    /// <param name="ct">Ends the wait; the caller tells whose it is.</param>
    /// <exception cref="PlaneException">What the caller's client is told: the server refused it, failed, or was not reached.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, root + path) { Content = content };
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        HttpResponseMessage response;
        try
        {
            response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        }
        catch (HttpRequestException failure)
        {
            throw Unreached(Reason(failure));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw Unreached($"no connection was made within {ConnectWithin.TotalSeconds} s");
        }

        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw Refusal(response, await MessageAsync(response, ct));
    }

    /// <summary>The answer's body.</summary>
    /// <param name="room">Gives memory for a length.</param>
    /// <exception cref="PlaneException">502: it is too large. 503: it broke off.</exception>
    public async Task<ReadOnlyMemory<byte>> BodyAsync(HttpResponseMessage response, Func<int, byte[]> room, CancellationToken ct)
    {
        if (response.Content.Headers.ContentLength > maxBytes)
            throw TooLarge();
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(ct);
            if (response.Content.Headers.ContentLength is { } length)
            {
                var buffer = room((int)length).AsMemory(0, (int)length);
                await stream.ReadExactlyAsync(buffer, ct);
                return buffer;
            }

            using var grown = new MemoryStream();
            var chunk = new byte[16 * 1024];
            while (await stream.ReadAsync(chunk, ct) is > 0 and var read)
            {
                if (grown.Length + read > maxBytes)
                    throw TooLarge();
                grown.Write(chunk, 0, read);
            }

            return grown.GetBuffer().AsMemory(0, (int)grown.Length);
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException)
        {
            throw Unreached($"its answer broke off: {Reason(broken)}");
        }
    }

    /// <summary>The server does not answer now.</summary>
    public PlaneException Unreached(string why) => PlaneError.Unavailable("external_unavailable", $"The external server of the variant '{variant}' does not answer: {why}.").ToException();

    /// <summary>The server answers something that is no answer.</summary>
    public PlaneException Unreadable(string why) =>
        new PlaneError(502, "external_answer", $"The external server of the variant '{variant}' gave an answer that cannot be used: {why}.").ToException();

    private PlaneException TooLarge() => Unreadable($"it has more than {maxBytes} bytes");

    private PlaneException Refusal(HttpResponseMessage response, string message)
    {
        var status = (int)response.StatusCode;
        if (status >= 500)
            return Unreached($"it says {status}{message}");
        // Whether we may call it, and by which address, is no fault of whoever called us.
        if (status < 400 || response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.ProxyAuthenticationRequired)
            return Unreadable($"it says {status}{message}");
        var after = status == 429 && response.Headers.RetryAfter?.Delta is { } delta ? (int?)Math.Max(1, (int)delta.TotalSeconds) : null;
        return new PlaneError(status, "external_refused", $"The external server of the variant '{variant}' says {status}{message}", after).ToException();
    }

    /// <summary>What the server says of it, with a colon before; empty when nothing can be read.</summary>
    private static async Task<string> MessageAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var buffer = new byte[MaxErrorBytes];
        int length;
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(ct);
            length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException)
        {
            return "";
        }

        var text = MessageIn(buffer.AsMemory(0, length)) ?? System.Text.Encoding.UTF8.GetString(buffer, 0, length);
        text = ShownText.Of(text.Trim(), MaxMessage);
        return text.Length == 0 ? "" : $": {text}";
    }

    private static string? MessageIn(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("error", out var error))
                return null;
            if (error.ValueKind == JsonValueKind.Object && error.TryGetProperty("message", out var message))
                error = message;
            return error.ValueKind == JsonValueKind.String ? error.GetString() : null;
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>What the platform says at the bottom of it: the top only tells that something failed.</summary>
    private static string Reason(Exception failure) => failure switch
    {
        AddressRefusedException refused => refused.Message.TrimEnd('.'),
        { InnerException: { } inner } => Reason(inner),
        _ => failure.Message.TrimEnd('.'),
    };
}
