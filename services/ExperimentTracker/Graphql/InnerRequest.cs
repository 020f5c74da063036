using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ExperimentTracker.Graphql;

/// <summary>Asks an endpoint of this process as a client would, without a connection: same rules, same answer.</summary>
internal sealed class InnerRequest(IEnumerable<EndpointDataSource> sources)
{
    /// <summary>The largest answer that is held in memory for a query to choose from, in bytes.</summary>
    internal const int MaxAnswerBytes = 16 * 1024 * 1024;

    private readonly Lazy<Dictionary<string, RouteEndpoint>> endpoints = new(() => sources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>() is not null)
        .ToDictionary(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()!.EndpointName, StringComparer.Ordinal));

    /// <summary>Whether an endpoint of this name is in this process.</summary>
    public bool Knows(string endpoint) => endpoints.Value.ContainsKey(endpoint);

    /// <summary>The answer's JSON.</summary>
    /// <param name="http">The request on whose behalf it asks: its services, its workspace, its end.</param>
    /// <param name="endpoint">Name of an endpoint of MLflow's API.</param>
    /// <param name="message">The request's message.</param>
    /// <exception cref="Primitives.PlaneException">What the endpoint refuses.</exception>
    public async Task<JsonElement> AskAsync(HttpContext http, string endpoint, string message)
    {
        var target = endpoints.Value[endpoint];
        using var answer = new BoundedAnswer();
        var inner = new DefaultHttpContext { RequestServices = http.RequestServices, RequestAborted = http.RequestAborted };
        inner.TakeWorkspace(http);
        inner.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(answer));
        inner.Request.Method = target.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods[0];
        inner.Request.Path = target.RoutePattern.RawText;
        inner.Request.ContentType = "application/json";
        var body = Encoding.UTF8.GetBytes(message);
        inner.Request.ContentLength = body.Length;
        inner.Request.Body = new MemoryStream(body, writable: false);
        inner.SetEndpoint(target);
        inner.Features.Set(http.Caller());
        AuthorizationMiddleware.Judge(inner);
        await target.RequestDelegate!(inner);
        await inner.Response.CompleteAsync();
        return JsonElement.Parse(answer.GetBuffer().AsSpan(0, (int)answer.Length));
    }

    private sealed class BoundedAnswer : MemoryStream
    {
        /// <summary>Every other way to write into a memory stream that is derived from ends here.</summary>
        public override void Write(byte[] buffer, int offset, int count)
        {
            if (Length + count > MaxAnswerBytes)
                throw MlflowErrors.Invalid($"The answer is larger than {MaxAnswerBytes} bytes; ask for fewer results.");
            base.Write(buffer, offset, count);
        }
    }
}
