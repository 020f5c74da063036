using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace MlopsPlane.Web.Identity.Credentials;

/// <summary>
/// Answers that may go on for hours. Who reads one is judged again twice a second: it ends when their key or token no
/// longer holds, and when their rules are not those that it was opened with; they may come again.
/// </summary>
internal sealed class OpenStreams(CredentialAuthenticator authenticator)
{
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

    /// <summary>Ends those whose callers have lost something. Nobody loses anything while Access does not answer.</summary>
    public async Task AskAgainAsync()
    {
        foreach (var stream in all.Keys)
        {
            var (now, refusal) = await authenticator.AuthenticateAsync(stream.Secret);
            if (refusal?.Status == StatusCodes.Status401Unauthorized || (now is not null && !stream.HasRulesOf(now)))
                stream.End();
        }
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
