using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.EndToEnd.Tests.Security;

/// <summary>One operation of the product as its endpoints list it, with an address that names nothing which exists.</summary>
internal sealed record Operation(string Name, string Method, string Path, AccessPolicy? Policy)
{
    public override string ToString() => $"{Name}: {Method} {Path}";

    /// <summary>A method of gRPC: its errors are a status of gRPC's in an answer of HTTP's 200.</summary>
    public bool IsGrpc => Name.StartsWith("inference.Grpc.", StringComparison.Ordinal);

    /// <summary>What was answered, in HTTP's words.</summary>
    public int StatusOf(HttpResponseMessage answer) =>
        IsGrpc && answer.StatusCode == HttpStatusCode.OK && answer.Headers.TryGetValues("grpc-status", out var code) ? code.Single() switch
        {
            "7" => 403,
            "13" => 500,
            "16" => 401,
            _ => (int)answer.StatusCode,
        } : (int)answer.StatusCode;

    /// <summary>Sends it with an empty message; only the head of the answer is waited for.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpClient client, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(new HttpMethod(Method), new Uri($"{client.BaseAddress}".TrimEnd('/') + Path));
        if (Method is not ("GET" or "HEAD"))
            request.Content = new StringContent("{}", new MediaTypeHeaderValue("application/json"));
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
    }
}

/// <summary>Every operation, so that none can be forgotten by a test.</summary>
internal static class EveryOperation
{
    public static List<Operation> Of(PlaneFixture plane) =>
        [.. plane.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().SelectMany(endpoint =>
            (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"]).Select(method => new Operation(
                endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? "", method, Fill(endpoint.RoutePattern),
                endpoint.Metadata.GetMetadata<AccessPolicy>())))];

    private static string Fill(Microsoft.AspNetCore.Routing.Patterns.RoutePattern pattern) =>
        "/" + string.Join('/', pattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternSeparatorPart separator => separator.Content,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { ParameterPolicies.Count: > 0 } => "987654",
            _ => "none-here",
        }))));
}
