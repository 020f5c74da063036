using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Options;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Identity.Tokens;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.Hosting.Ports;

/// <summary>Asks another service a question: two seconds, then 503.</summary>
/// <remarks>It shows the process's own identity, where the services share a secret.</remarks>
public sealed class PeerClient(IHttpClientFactory clients, IdentityTokens tokens, IOptions<IdentityOptions> identity, PeerIdentity self)
{
    /// <summary>Name of the client in the factory.</summary>
    public const string Name = "plane-peer";

    /// <summary>How long an answer may take.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly CallerIdentity caller = CallerIdentity.Peer(self.Name);
    private readonly bool showsIdentity = IdentityRules.HasClusterSecret(identity.Value);

    /// <summary>The answer to a GET; null when the peer says 404.</summary>
    /// <exception cref="PlaneException">503: the peer is not configured, does not answer or fails.</exception>
    /// <param name="onBehalfOf">Who asks; the process itself when nobody is named.</param>
    public Task<T?> GetAsync<T>(
        string peer, Uri? address, string path, string workspace, CancellationToken ct, CallerIdentity? onBehalfOf = null) where T : class =>
        SendAsync<T>(HttpMethod.Get, peer, address, path, null, workspace, onBehalfOf, ct);

    /// <summary>The answer to a POST of a JSON document; null when the peer says 404.</summary>
    /// <exception cref="PlaneException">503: the peer is not configured, does not answer or fails.</exception>
    public Task<T?> PostAsync<T>(string peer, Uri? address, string path, object document, CancellationToken ct) where T : class =>
        SendAsync<T>(HttpMethod.Post, peer, address, path, JsonContent.Create(document, document.GetType()), WorkspaceName.Default, null, ct);

    private async Task<T?> SendAsync<T>(
        HttpMethod method, string peer, Uri? address, string path, HttpContent? content, string workspace, CallerIdentity? onBehalfOf,
        CancellationToken ct) where T : class
    {
        if (address is null)
            throw PlaneError.Unavailable("peer_not_configured", $"Services:{peer} names no address.").ToException();
        using var request = new HttpRequestMessage(method, new Uri(address, path)) { Content = content };
        request.Headers.Add(WorkspaceName.Header, workspace);
        if (showsIdentity)
            request.Headers.Add(IdentityTokens.Header, tokens.For(onBehalfOf ?? caller, peer.ToLowerInvariant()));
        try
        {
            using var response = await clients.CreateClient(Name).SendAsync(request, ct);
            if (response.StatusCode == HttpStatusCode.NotFound)
                return null;
            response.EnsureSuccessStatusCode();
            return await response.Content.ReadFromJsonAsync<T>(ct);
        }
        catch (Exception failure) when (failure is HttpRequestException or System.Text.Json.JsonException
            || (failure is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw PlaneError.Unavailable("peer_unavailable", $"{peer} does not answer.").ToException(failure);
        }
    }
}

/// <summary>The name that the process shows to its peers.</summary>
public sealed record PeerIdentity(string Name);
