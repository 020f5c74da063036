using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using MlopsPlane.Primitives;

namespace MlopsPlane.Web.Identity.Oidc;

/// <summary>
/// The issuer's published keys (OpenID Connect Discovery 1.0 §4): fetched at the first token, again every hour, and when
/// a token names a key that is not among them. Those that wait for a fetch wait for the same one.
/// </summary>
internal sealed partial class IssuerKeys(Uri issuer, IHttpClientFactory clients, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan Age = TimeSpan.FromHours(1);

    /// <summary>A flood of tokens that name invented keys must not flood the issuer, nor must one while it is down.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly Lock guard = new();
    private Known? known;
    private Task<Known>? fetching;
    private long? failedAt;

    /// <summary>The keys, at most an hour old; older ones while the issuer does not answer.</summary>
    /// <exception cref="PlaneException">503: none are known and the issuer does not answer.</exception>
    public async Task<Known> GetAsync(CancellationToken ct)
    {
        if (Volatile.Read(ref known) is not { } current)
            return await FetchAsync(ct);
        if (clock.GetElapsedTime(current.FetchedAt) > Age && !FailedJustNow())
            return await RefreshAsync(current, ct);
        return current;
    }

    /// <summary>Keys that were fetched after <paramref name="seen"/>, if that was not just now.</summary>
    public async Task<Known> NewerThanAsync(Known seen, CancellationToken ct)
    {
        var current = Volatile.Read(ref known)!;
        if (!ReferenceEquals(current, seen) || clock.GetElapsedTime(current.FetchedAt) < Pause || FailedJustNow())
            return current;
        return await RefreshAsync(current, ct);
    }

    private async Task<Known> RefreshAsync(Known current, CancellationToken ct)
    {
        try
        {
            return await FetchAsync(ct);
        }
        catch (PlaneException)
        {
            return current;
        }
    }

    private async Task<Known> FetchAsync(CancellationToken ct)
    {
        Task<Known> fetch;
        lock (guard)
        {
            if (FailedJustNow())
                throw Unavailable(null);
            fetch = fetching ??= FetchOnceAsync();
        }

        return await fetch.WaitAsync(ct);
    }

    private async Task<Known> FetchOnceAsync()
    {
        // Off the caller's lock.
        await Task.Yield();
        try
        {
            var documents = new HttpDocumentRetriever(clients.CreateClient(OidcTokens.ClientName)) { RequireHttps = !issuer.IsLoopback };
            var address = issuer.AbsoluteUri.TrimEnd('/') + "/.well-known/openid-configuration";
            var found = await OpenIdConnectConfigurationRetriever.GetAsync(address, documents, CancellationToken.None);
            var fetched = new Known([.. found.SigningKeys], clock.GetTimestamp());
            lock (guard)
                (known, failedAt, fetching) = (fetched, null, null);
            return fetched;
        }
        catch (Exception failure)
        {
            lock (guard)
                (failedAt, fetching) = (clock.GetTimestamp(), null);
            Log.Unreachable(logger, failure);
            throw Unavailable(failure);
        }
    }

    private bool FailedJustNow()
    {
        lock (guard)
            return failedAt is { } at && clock.GetElapsedTime(at) < PauseAfterFailure;
    }

    private static PlaneException Unavailable(Exception? cause) =>
        PlaneError.Unavailable("identity_provider_unavailable", "The identity provider does not answer.").ToException(cause);

    /// <param name="FetchedAt">Timestamp of the process's clock.</param>
    internal sealed record Known(IReadOnlyList<SecurityKey> Keys, long FetchedAt);

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "The keys of the identity provider cannot be fetched")]
        public static partial void Unreachable(ILogger logger, Exception failure);
    }
}
