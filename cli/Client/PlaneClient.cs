using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Settings;

namespace MlopsPlane.Cli.Client;

/// <summary>
/// Speaks to one plane: shows the key, names the workspace, bounds every wait, and turns every failure into a
/// <see cref="CliException"/>. It follows no redirects, which would carry requests to servers that nobody named.
/// </summary>
internal sealed class PlaneClient : IDisposable
{
    /// <summary>Seconds that a request may take when <c>--timeout</c> is not given.</summary>
    public const int DefaultTimeoutSeconds = 30;

    private const string WorkspaceHeader = "X-MLFLOW-WORKSPACE";
    private const long MaxAnswerBytes = 256L << 20;
    private const int MaxPatience = 5;
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromSeconds(5);

    private readonly HttpClient http;
    private readonly TimeSpan timeout;
    private readonly TimeProvider clock;

    /// <param name="timeout">Longest wait for one answer, and for each part of a stream.</param>
    public PlaneClient(Target target, TimeSpan timeout, TimeProvider clock)
    {
        (Target, this.timeout, this.clock) = (target, timeout, clock);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = timeout,
            UseCookies = false,
            // A key on loopback must not travel to a proxy.
            UseProxy = !Target.IsLoopback(target.Url),
        };
        http = new HttpClient(handler) { BaseAddress = target.Url, Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaxAnswerBytes };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("plane", PlaneProgram.Version));
        if (target.Key is { } key)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public Target Target { get; }

    public Task<JsonElement> GetAsync(string path, CancellationToken ct) => SendAsync(HttpMethod.Get, path, null, ct);

    public Task<JsonElement> PostAsync(string path, JsonNode? body, CancellationToken ct) => SendAsync(HttpMethod.Post, path, body, ct);

    /// <summary>Sends a request and reads its answer as JSON; an empty answer is an undefined element.</summary>
    /// <param name="path">Below the plane's address, without a slash at its start.</param>
    /// <exception cref="CliException">There is no answer, or one that refuses.</exception>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken ct)
    {
        using var answer = await AnswerAsync(() => NewRequest(method, path, body), ct);
        var bytes = await answer.Content.ReadAsByteArrayAsync(ct);
        if (bytes.Length == 0)
            return default;
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw new CliException(ExitCodes.Failed, "not_a_plane", $"{Target.Address} does not answer as a plane does: no JSON came from /{path.Split('?')[0]}.", "plane doctor says what is there.");
        }
    }

    /// <summary>Any answer, whatever its status: for questions whose refusal is an answer too.</summary>
    /// <exception cref="CliException">There is no answer.</exception>
    public async Task<RawAnswer> AskAsync(string path, CancellationToken ct)
    {
        using var request = NewRequest(HttpMethod.Get, path, null);
        using var answer = await TransmitAsync(request, HttpCompletionOption.ResponseContentRead, ct);
        return new RawAnswer(answer.StatusCode, answer.Headers.Date, answer.Content.Headers.ContentType?.MediaType, await answer.Content.ReadAsStringAsync(ct));
    }

    /// <summary>Opens a stream; reading on is bounded by the reader.</summary>
    /// <exception cref="CliException">There is no answer, or one that refuses.</exception>
    public async Task<HttpResponseMessage> OpenAsync(string path, CancellationToken ct)
    {
        using var request = NewRequest(HttpMethod.Get, path, null);
        var answer = await TransmitAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        if (answer.IsSuccessStatusCode)
            return answer;
        using (answer)
            throw await RefusedAsync(answer, ct);
    }

    /// <summary>The exception for a request that did not get an answer.</summary>
    public CliException Unreachable(Exception failure) => failure switch
    {
        HttpRequestException { InnerException: AuthenticationException tls } =>
            Lost("tls_failed", $"{Target.Address} shows no certificate that this machine trusts: {tls.Message}", "Install its authority on this machine, or point SSL_CERT_FILE to it."),
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
            Lost("unknown_host", $"There is no host '{Target.Url.Host}'.", $"The address comes from {Target.UrlFrom}; correct it there."),
        HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } =>
            Lost("connection_refused", $"Nothing listens on {Target.Address}.", $"Start the server, or correct the address, which comes from {Target.UrlFrom}."),
        OperationCanceledException =>
            Lost("timeout", string.Create(CultureInfo.InvariantCulture, $"{Target.Address} did not answer within {timeout.TotalSeconds:0.#} s."), "--timeout SECONDS waits longer; plane doctor looks for the reason."),
        _ => Lost("no_answer", $"{Target.Address} gave no answer: {failure.Message}", "plane doctor looks for the reason."),
    };

    public void Dispose() => http.Dispose();

    private static CliException Lost(string code, string message, string hint) => new(ExitCodes.Unreachable, code, message, hint);

    /// <summary>Paths that belong to no workspace: what they are asked must not depend on whether one exists.</summary>
    private static bool IsGlobal(string path) => path.StartsWith("api/v1/access/", StringComparison.Ordinal)
        || path.StartsWith("api/v1/events/", StringComparison.Ordinal) || path.StartsWith("api/3.0/mlflow/workspaces", StringComparison.Ordinal);

    private HttpRequestMessage NewRequest(HttpMethod method, string path, JsonNode? body)
    {
        var request = new HttpRequestMessage(method, path);
        if (Target.Workspace is { } workspace && !IsGlobal(path))
            request.Headers.Add(WorkspaceHeader, workspace);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        return request;
    }

    private async Task<HttpResponseMessage> AnswerAsync(Func<HttpRequestMessage> newRequest, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var request = newRequest();
            var answer = await TransmitAsync(request, HttpCompletionOption.ResponseContentRead, ct);
            if (answer.IsSuccessStatusCode)
                return answer;
            using (answer)
            {
                // Nothing was done yet, so that any request can be repeated.
                if (answer.StatusCode == HttpStatusCode.TooManyRequests && attempt < MaxPatience
                    && answer.Headers.RetryAfter?.Delta is { } wait && wait <= MaxRetryAfter)
                {
                    await Task.Delay(wait, clock, ct);
                    continue;
                }

                throw await RefusedAsync(answer, ct);
            }
        }
    }

    private async Task<CliException> RefusedAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        if ((int)answer.StatusCode is >= 300 and < 400)
            return new CliException(ExitCodes.Failed, "redirected", $"{Target.Address} sends its callers to {answer.Headers.Location}.", "Use that address if you trust it.");
        return ErrorReader.ToException(
            ErrorReader.Read(answer.StatusCode, answer.ReasonPhrase, await answer.Content.ReadAsByteArrayAsync(ct)), Target.Key is not null);
    }

    private async Task<HttpResponseMessage> TransmitAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken ct)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bound.CancelAfter(timeout);
        try
        {
            return await http.SendAsync(request, completion, bound.Token);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException || (failure is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw Unreachable(failure);
        }
    }
}

/// <param name="Date">The server's clock when it answered; null when it did not tell.</param>
internal sealed record RawAnswer(HttpStatusCode Status, DateTimeOffset? Date, string? MediaType, string Body)
{
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>The body as JSON; null when it is none.</summary>
    public JsonElement? Json()
    {
        try
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
