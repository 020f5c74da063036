using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Hosting;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.OpenApi;

namespace MlopsPlane.EdgeGateway.Joined.OpenApi;

/// <summary><c>/openapi</c>: the operations of every service that answers; <c>/openapi/{service}.json</c>: those of one.</summary>
internal static class JoinedOpenApi
{
    public static void MapJoinedOpenApi(this IEndpointRouteBuilder routes)
    {
        routes.MapJoinedDescription(JoinAsync);
        routes.MapGet("/openapi/{name}.json", OfOneAsync).WithName("edge.OpenApi").Requires(AccessPolicy.Anyone).ExcludeFromDescription();
    }

    private static async Task<JsonObject> JoinAsync(HttpContext http)
    {
        var services = http.RequestServices.GetRequiredService<ServiceClient>();
        var asked = services.Services.Select(async name => (Name: name, Answer: await TryAsync(services, name, name, http)));
        var answers = (await Task.WhenAll(asked)).ToList();
        // What every process answers for itself, and the edge for all of them, any of them can describe.
        if (answers.FirstOrDefault(answer => answer.Answer is not null).Name is { } any)
            answers.Add((PlaneHost.OwnApi, await TryAsync(services, any, PlaneHost.OwnApi, http)));
        return JoinedDescription.Join(
            answers.Where(answer => answer.Answer is { Succeeded: true, Body: JsonObject }).Select(answer => (answer.Name, answer.Answer!.Body!.AsObject())),
            [.. answers.Where(answer => answer.Answer is null).Select(answer => answer.Name)]);
    }

    private static async Task<IResult> OfOneAsync(string name, ServiceClient services, HttpContext http)
    {
        var known = services.Services;
        var service = known.FirstOrDefault(one => one == name || name == PlaneHost.OwnApi);
        return service is null
            ? throw PlaneError.NotFound("document_not_found", $"'{name}' must be one of {string.Join(", ", known.Append(PlaneHost.OwnApi))}.").ToException()
            : (await services.SendAsync(HttpMethod.Get, service, $"/openapi/{name}.json", http)).Passed;
    }

    /// <summary>Null when the service does not answer.</summary>
    private static async Task<ServiceAnswer?> TryAsync(ServiceClient services, string service, string document, HttpContext http)
    {
        try
        {
            return await services.SendAsync(HttpMethod.Get, service, $"/openapi/{document}.json", http);
        }
        catch (PlaneException unavailable) when (unavailable.Error.Status == StatusCodes.Status503ServiceUnavailable)
        {
            return null;
        }
    }
}
