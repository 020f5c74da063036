using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Settings;
using MlopsPlane.Primitives;

namespace MlopsPlane.Cli.Import.Source;

/// <summary>
/// Speaks to one server for hours: whatever may be repeated is repeated with growing pauses while the server is overloaded,
/// restarts or loses connections, and a server that names a pause is heard. Every request of an import changes nothing when
/// it is repeated.
/// </summary>
internal sealed class Wire : IDisposable
{
    private const int MaxAttempts = 10;
    private const int MaxServerErrors = 3;
    private const int MaxLimited = 100;
    private const int UploadBytes = 81_920;
    private const int MaxJsonMegabytes = 256;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(2);
    private readonly HttpClient http;
    private readonly TimeSpan patience;
    private readonly TimeProvider clock;

    /// <param name="url">Ends with a slash.</param>
    /// <param name="authorization">What is shown to this server and to no other.</param>
    /// <param name="patience">Longest wait for an answer to begin, and for each part of a body.</param>
    public Wire(Uri url, AuthenticationHeaderValue? authorization, string? workspace, int connections, TimeSpan patience, TimeProvider clock)
    {
        (Url, this.patience, this.clock) = (url, patience, clock);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.All, ConnectTimeout = patience, UseCookies = false,
            MaxConnectionsPerServer = connections, UseProxy = !Target.IsLoopback(url),
        };
        http = new HttpClient(handler) { BaseAddress = url, Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaxJsonMegabytes << 20 };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("plane", PlaneProgram.Version));
        http.DefaultRequestHeaders.Authorization = authorization;
        if (workspace is not null)
            http.DefaultRequestHeaders.Add("X-MLFLOW-WORKSPACE", workspace);
    }

    public Uri Url { get; }

    public Task<JsonElement> GetAsync(string path, CancellationToken ct) => JsonAsync(() => new HttpRequestMessage(HttpMethod.Get, path), ct);

    public Task<JsonElement> PostAsync(string path, JsonNode body, CancellationToken ct)
    {
        var bytes = Encoding.UTF8.GetBytes(body.ToJsonString());
        return PostAsync(path, bytes, ct);
    }

    /// <param name="json">The body as it goes over the wire.</param>
    public Task<JsonElement> PostAsync(string path, ReadOnlyMemory<byte> json, CancellationToken ct) => JsonAsync(() => new HttpRequestMessage(HttpMethod.Post, path)
    {
        Content = new ReadOnlyMemoryContent(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
    }, ct);

    /// <summary>Opens a body for reading; it breaks off when nothing comes for longer than the patience.</summary>
    public async Task<Stream> OpenAsync(string path, CancellationToken ct)
    {
        var answer = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path), HttpCompletionOption.ResponseHeadersRead, ct);
        return new PatientStream(await answer.Content.ReadAsStreamAsync(ct), answer, patience);
    }

    /// <summary>Uploads once, for as long as something goes over the wire; the caller repeats it with a new body.</summary>
    public async Task PutAsync(string path, Stream body, CancellationToken ct)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bound.CancelAfter(patience);
        var stirring = new StirringStream(body, () => bound.CancelAfter(patience));
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new StreamContent(stirring, UploadBytes) };
        try
        {
            using var answer = await http.SendAsync(request, bound.Token);
            if (!answer.IsSuccessStatusCode)
                throw await RefusedAsync(answer, bound.Token);
        }
        catch (OperationCanceledException late) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"{Url.GetLeftPart(UriPartial.Authority)} took nothing for {patience.TotalSeconds:0} s.", late);
        }
    }

    /// <summary>Runs something again while the failure is one that passes.</summary>
    public async Task<T> RepeatAsync<T>(Func<Task<T>> once, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan? named;
            try
            {
                return await once();
            }
            catch (RefusedException refused) when (refused.MayPass && attempt < MaxOf(refused.Error.Status))
            {
                named = refused.RetryAfter;
            }
            catch (Exception lost) when (IsLost(lost) && !ct.IsCancellationRequested && attempt < MaxAttempts)
            {
                named = null;
            }
            catch (Exception lost) when (IsLost(lost) && !ct.IsCancellationRequested)
            {
                throw new CliException(ExitCodes.Unreachable, "connection_lost", $"{Url.GetLeftPart(UriPartial.Path)} gave no answer {MaxAttempts} times in a row: {Reason(lost)}",
                    "Run the same command again when it is back: it goes on where it was.");
            }

            await Task.Delay(named ?? Pause(attempt), clock, ct);
        }
    }

    public void Dispose() => http.Dispose();

    /// <summary>A limit of requests passes by itself; an error inside of a server seldom does.</summary>
    private static int MaxOf(int status) => status switch { 429 => MaxLimited, 500 => MaxServerErrors, _ => MaxAttempts };

    private static bool IsLost(Exception failure) => failure is HttpRequestException or IOException or SocketException or TimeoutException or OperationCanceledException;

    private static string Reason(Exception failure) => failure is OperationCanceledException ? "it took too long" : failure.Message;

    private static TimeSpan Pause(int attempt)
    {
        var pause = FirstPause * Math.Pow(2, attempt - 1);
        return (pause < LongestPause ? pause : LongestPause) * (0.5 + (Random.Shared.NextDouble() / 2));
    }

    private Task<JsonElement> JsonAsync(Func<HttpRequestMessage> request, CancellationToken ct) => RepeatAsync(async () =>
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bound.CancelAfter(patience);
        using var sent = request();
        using var answer = await http.SendAsync(sent, HttpCompletionOption.ResponseHeadersRead, bound.Token);
        if (!answer.IsSuccessStatusCode)
            throw await RefusedAsync(answer, bound.Token);
        bound.CancelAfter(Timeout.InfiniteTimeSpan);
        await using var body = new PatientStream(await answer.Content.ReadAsStreamAsync(ct), answer, patience);
        try
        {
            using var document = await JsonDocument.ParseAsync(new LimitedStream(body, MaxJsonMegabytes), cancellationToken: ct);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw new RefusedException(Url, new PlaneError(404, "not_json", $"No JSON came from /{sent.RequestUri?.OriginalString.Split('?')[0]}."), null);
        }
    }, ct);

    private Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> request, HttpCompletionOption completion, CancellationToken ct) => RepeatAsync(async () =>
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bound.CancelAfter(patience);
        using var sent = request();
        var answer = await http.SendAsync(sent, completion, bound.Token);
        if (answer.IsSuccessStatusCode)
            return answer;
        using (answer)
            throw await RefusedAsync(answer, bound.Token);
    }, ct);

    private async Task<RefusedException> RefusedAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        var body = await answer.Content.ReadAsByteArrayAsync(ct);
        var error = ErrorReader.Read(answer.StatusCode, answer.ReasonPhrase, body);
        // MLflow says so in plain text, with a status that speaks of a passing state.
        if (Encoding.UTF8.GetString(body).Contains("--no-serve-artifacts", StringComparison.Ordinal))
            error = new PlaneError(501, "artifacts_not_served", "The server runs with --no-serve-artifacts.");
        var wait = answer.Headers.RetryAfter?.Delta ?? (answer.Headers.RetryAfter?.Date - clock.GetUtcNow());
        return new RefusedException(Url, error, wait > LongestRetryAfter ? LongestRetryAfter : wait < TimeSpan.Zero ? TimeSpan.Zero : wait);
    }
}

/// <summary>A server's answer that refuses.</summary>
internal sealed class RefusedException(Uri server, PlaneError error, TimeSpan? retryAfter) : Exception(error.Message)
{
    public Uri Server => server;

    public PlaneError Error => error;

    public TimeSpan? RetryAfter => retryAfter;

    /// <summary>The same request may succeed later.</summary>
    public bool MayPass => error.Status is 408 or 425 or 429 or 500 or 502 or 503 or 504;
}
