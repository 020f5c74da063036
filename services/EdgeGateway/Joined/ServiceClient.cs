using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using MlopsPlane.EdgeGateway.Configuration;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Identity.Tokens;

namespace MlopsPlane.EdgeGateway.Joined;

/// <summary>Asks the services behind the edge for what it answers as one, in the name of whoever asked the edge.</summary>
internal sealed class ServiceClient(IHttpClientFactory clients, IdentityTokens tokens, IOptionsMonitor<EdgeOptions> options)
{
    /// <summary>Name of the client in the factory.</summary>
    public const string Name = "plane-joined";

    /// <summary>How long an answer may take: a service writes the description of its operations anew after its start, which takes seconds on a busy machine.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>The services that are asked: one name a module, in order. A second entry for the same processes, such as that of gRPC, is none.</summary>
    public IReadOnlyList<string> Services => [.. options.CurrentValue.Services
        .Where(service => service.Value is { Addresses.Count: > 0, Http2: false } && (service.Value.Module is null || Same(service.Value.Module, service.Key)))
        .Select(service => service.Key.ToLowerInvariant()).Order(StringComparer.Ordinal)];

    /// <summary>The answer of the first replica that gives one. A write goes to another only when the first could not be connected to.</summary>
    /// <param name="target">Path and query.</param>
    /// <exception cref="PlaneException">503: no replica answers in time.</exception>
    public async Task<ServiceAnswer> SendAsync(HttpMethod method, string service, string target, HttpContext http)
    {
        var ct = http.RequestAborted;
        Exception? last = null;
        foreach (var address in options.CurrentValue.Services[service].Addresses)
        {
            using var bound = CancellationTokenSource.CreateLinkedTokenSource(ct);
            bound.CancelAfter(Timeout);
            try
            {
                return await SendOnceAsync(method, service, new Uri(address, target), http.Caller(), bound.Token);
            }
            catch (Exception failure) when (failure is HttpRequestException or JsonException || (failure is OperationCanceledException && !ct.IsCancellationRequested))
            {
                last = failure;
                if (method != HttpMethod.Get && failure is not HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError })
                    break;
            }
        }

        throw PlaneError.Unavailable("service_unavailable", $"No replica of '{service}' answers.").ToException(last);
    }

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    private async Task<ServiceAnswer> SendOnceAsync(HttpMethod method, string service, Uri address, CallerIdentity caller, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, address);
        request.Headers.Add(IdentityTokens.Header, tokens.For(caller, service));
        using var response = await clients.CreateClient(Name).SendAsync(request, ct);
        var isJson = response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true;
        return new ServiceAnswer((int)response.StatusCode, isJson ? await response.Content.ReadFromJsonAsync<JsonNode>(ct) : null);
    }
}

/// <param name="Body">Null when it is not JSON.</param>
internal sealed record ServiceAnswer(int Status, JsonNode? Body)
{
    public bool Succeeded => Status is >= 200 and < 300;

    /// <summary>The answer as the service gave it.</summary>
    public IResult Passed => Results.Text(Body?.ToJsonString() ?? "", Succeeded ? "application/json" : "application/problem+json", statusCode: Status);
}
