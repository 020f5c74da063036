using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Options;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Identity.Tokens;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.Hosting.Ports;

/// <summary>
/// Asks another service a question: five seconds, then 503. A replica that is slow is not waited for alone: the next one
/// is asked as well, and the first answer counts; a question can be asked twice, and all replicas know the same.
/// </summary>
/// <remarks>It shows the process's own identity, where the services share a secret.</remarks>
public sealed class PeerClient(IHttpClientFactory clients, IdentityTokens tokens, IOptions<IdentityOptions> identity, PeerIdentity self)
{
    /// <summary>Name of the client in the factory.</summary>
    public const string Name = "plane-peer";

    /// <summary>How long an answer may take: a machine on which a whole cluster has just started needs more than two seconds for a first one.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>How long one replica is waited for before the next is asked as well.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly CallerIdentity caller = CallerIdentity.Peer(self.Name);
    private int preferred;
    private readonly bool showsIdentity = IdentityRules.HasClusterSecret(identity.Value);

    /// <summary>The answer to a GET; null when the peer says 404.</summary>
    /// <exception cref="PlaneException">503: the peer is not configured, does not answer or fails.</exception>
    /// <param name="onBehalfOf">Who asks; the process itself when nobody is named.</param>
    public Task<T?> GetAsync<T>(
        string peer, string? addresses, string path, string workspace, CancellationToken ct, CallerIdentity? onBehalfOf = null) where T : class =>
        SendAsync<T>(HttpMethod.Get, peer, addresses, path, null, workspace, onBehalfOf, ct);

    /// <summary>The answer to a POST of a JSON document; null when the peer says 404.</summary>
    /// <exception cref="PlaneException">503: the peer is not configured, does not answer or fails.</exception>
    public Task<T?> PostAsync<T>(string peer, string? addresses, string path, object document, CancellationToken ct) where T : class =>
        SendAsync<T>(HttpMethod.Post, peer, addresses, path, document, WorkspaceName.Default, null, ct);

    private async Task<T?> SendAsync<T>(
        HttpMethod method, string peer, string? addresses, string path, object? content, string workspace, CallerIdentity? onBehalfOf,
        CancellationToken ct) where T : class
    {
        var replicas = new Queue<Uri>(AddressesOf(peer, addresses));
        var asked = new List<Task<T?>>(replicas.Count);
        Exception? last = null;
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bound.CancelAfter(Timeout);
        try
        {
            while (asked.Count > 0 || replicas.Count > 0)
            {
                if (replicas.TryDequeue(out var address))
                    asked.Add(SendOnceAsync<T>(method, peer, new Uri(address, path), content, workspace, onBehalfOf, bound.Token));
                if (await FirstOfAsync(asked, replicas.Count > 0, bound.Token) is not { } done)
                {
                    Interlocked.Increment(ref preferred);
                    continue;
                }

                asked.Remove(done);
                try
                {
                    return await done;
                }
                catch (Exception failure) when (IsPeersFault(failure, ct))
                {
                    last = failure;
                    Interlocked.Increment(ref preferred);
                }
            }
        }
        finally
        {
            await bound.CancelAsync();
        }

        throw PlaneError.Unavailable("peer_unavailable", $"{peer} does not answer.").ToException(last);
    }

    /// <summary>The first that ends; null when it is time to ask another replica as well.</summary>
    private static async Task<Task<T?>?> FirstOfAsync<T>(List<Task<T?>> asked, bool hasMore, CancellationToken ct) where T : class
    {
        var first = Task.WhenAny(asked);
        if (!hasMore)
            return await first;
        return await Task.WhenAny(first, Task.Delay(Patience, ct)) == first ? await first : null;
    }

    private async Task<T?> SendOnceAsync<T>(
        HttpMethod method, string peer, Uri target, object? document, string workspace, CallerIdentity? onBehalfOf, CancellationToken ct) where T : class
    {
        using var request = new HttpRequestMessage(method, target) { Content = document is null ? null : JsonContent.Create(document, document.GetType()) };
        request.Headers.Add(WorkspaceName.Header, workspace);
        if (showsIdentity)
            request.Headers.Add(IdentityTokens.Header, tokens.For(onBehalfOf ?? caller, peer.ToLowerInvariant()));
        using var response = await clients.CreateClient(Name).SendAsync(request, ct);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<T>(ct);
    }

    /// <summary>The peer's addresses, beginning with the one that answered last.</summary>
    private Uri[] AddressesOf(string peer, string? addresses)
    {
        var all = addresses?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        if (all.Length == 0)
            throw PlaneError.Unavailable("peer_not_configured", $"Services:{peer} names no address.").ToException();
        var first = (uint)Volatile.Read(ref preferred);
        return [.. Enumerable.Range(0, all.Length).Select(i => new Uri(all[(first + i) % all.Length]))];
    }

    private static bool IsPeersFault(Exception failure, CancellationToken ct) =>
        failure is HttpRequestException or System.Text.Json.JsonException || (failure is OperationCanceledException && !ct.IsCancellationRequested);
}

/// <summary>The name that the process shows to its peers.</summary>
public sealed record PeerIdentity(string Name);
