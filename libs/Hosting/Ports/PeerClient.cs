using System.Net;
using System.Net.Http.Json;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.Hosting.Ports;

/// <summary>Asks another service a question: two seconds, then 503.</summary>
public sealed class PeerClient(IHttpClientFactory clients)
{
    /// <summary>Name of the client in the factory.</summary>
    public const string Name = "plane-peer";

    /// <summary>How long an answer may take.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <summary>The answer to a GET; null when the peer says 404.</summary>
    /// <exception cref="PlaneException">503: the peer is not configured, does not answer or fails.</exception>
    public async Task<T?> GetAsync<T>(string peer, Uri? address, string path, string workspace, CancellationToken ct) where T : class
    {
        if (address is null)
            throw PlaneError.Unavailable("peer_not_configured", $"Services:{peer} names no address.").ToException();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, path));
        request.Headers.Add(WorkspaceName.Header, workspace);
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
