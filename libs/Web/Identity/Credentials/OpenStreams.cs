using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MlopsPlane.Web.Identity.Credentials;

/// <summary>
/// Answers that may go on for hours. Who reads one is judged again twice a second: it ends when their key or token no
/// longer holds, and when their rules are not those that it was opened with; they may come again.
/// </summary>
internal sealed partial class OpenStreams(CredentialAuthenticator authenticator, TimeProvider clock, IdentityMetrics metrics, ILogger<OpenStreams> logger)
    : BackgroundService
{
    /// <summary>Callers that are asked about at the same time: after a change all of them are unknown again.</summary>
    private const int Parallelism = 16;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<Open, byte> all = new();

    public void Add(HttpContext http)
    {
        var stream = new Open(http);
        all[stream] = 0;
        http.Response.OnCompleted(() =>
        {
            all.TryRemove(stream, out _);
            stream.Complete();
            return Task.CompletedTask;
        });
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Interval, clock, stoppingToken);
                await Parallel.ForEachAsync(all.Keys, new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = stoppingToken }, AskAgainAsync);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure)
            {
                metrics.WatchFailed();
                Log.Failed(logger, failure);
            }
        }
    }

    /// <summary>Ends the stream of a caller who has lost something. Nobody loses anything while Access does not answer.</summary>
    private async ValueTask AskAgainAsync(Open stream, CancellationToken ct)
    {
        var (now, refusal) = await authenticator.AuthenticateAsync(stream.Secret);
        if (refusal?.Status == StatusCodes.Status401Unauthorized || (now is not null && !stream.HasRulesOf(now)))
            stream.End();
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Callers of open streams could not be asked about")]
        public static partial void Failed(ILogger logger, Exception failure);
    }

    private sealed class Open(HttpContext http)
    {
        private readonly Lock turn = new();
        private readonly CallerIdentity caller = http.Caller();
        private HttpContext? http = http;

        public string Secret { get; } = Credential.Of(http.Request).ToString();

        public bool HasRulesOf(CallerIdentity now) =>
            ReferenceEquals(caller, now) || caller.Grants.ToHashSet().SetEquals(now.Grants);

        public void End()
        {
            lock (turn)
                http?.Abort();
        }

        /// <summary>The server gives the context to another request now.</summary>
        public void Complete()
        {
            lock (turn)
                http = null;
        }
    }
}

public static class StreamRequests
{
    /// <summary>The answer goes on for as long as its caller has the rights that it began with.</summary>
    public static void EndWithRights(this HttpContext http) => http.RequestServices.GetService<OpenStreams>()?.Add(http);
}
