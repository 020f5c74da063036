using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.EdgeGateway.Joined.Events;

/// <summary>
/// An operator's view of the outboxes and inboxes of all services, in the shapes that each of them has for its own. What
/// names a service or a consumer goes to that service alone; the rest is asked of all and joined.
/// </summary>
internal static class JoinedEvents
{
    private const string Path = "/api/v1/events";

    public static void MapJoinedEvents(this IEndpointRouteBuilder routes)
    {
        var events = routes.MapGroup(Path).WithTags("events");
        var looks = events.MapGroup("").Requires(AccessPolicy.Read(ResourceKind.Operations) with { InAllWorkspaces = true });
        looks.MapGet("/outbox", (HttpContext http, ServiceClient services, string? service) => ListsAsync(http, services, service)).WithName("plane.OutboxDepth");
        looks.MapGet("/outbox/failed", JoinedPages.FailedEventsAsync).WithName("plane.ListFailedEvents");
        looks.MapGet("/inbox", JoinedPages.HeldDeliveriesAsync).WithName("plane.ListHeldDeliveries");
        looks.MapGet("/dead-letters", (HttpContext http, ServiceClient services) => ListsAsync(http, services, null)).WithName("plane.ListDeadLetters");
        var repairs = events.MapGroup("").Requires(AccessPolicy.Admin(ResourceKind.Operations) with { InAllWorkspaces = true });
        repairs.MapPost("/outbox/replay", (HttpContext http, ServiceClient services, string? service) => CountsAsync(http, services, service))
            .WithName("plane.ReplayOutbox");
        repairs.MapPost("/outbox/skip", async (HttpContext http, ServiceClient services, string service, long position) =>
            (await Asked.AllAsync(http, services, service)).Single().Passed).WithName("plane.SkipEvent");
        repairs.MapPost("/inbox/replay", (HttpContext http, ServiceClient services, string? consumer, string? aggregate) =>
            CountsAsync(http, services, Asked.ServiceOf(consumer))).WithName("plane.ReplayInbox");
        repairs.MapPost("/inbox/skip", (HttpContext http, ServiceClient services, string consumer, string aggregate) =>
            PassAsync(http, services, consumer)).WithName("plane.SkipDelivery");
        repairs.MapPost("/dead-letters/replay", (HttpContext http, ServiceClient services, string consumer, int? limit) =>
            PassAsync(http, services, consumer)).WithName("plane.ReplayDeadLetters");
    }

    /// <summary>Arrays, one after the other.</summary>
    private static async Task<IResult> ListsAsync(HttpContext http, ServiceClient services, string? service)
    {
        var joined = new JsonArray();
        foreach (var answer in await Asked.AllAsync(http, services, service))
        {
            if (!answer.Succeeded)
                return answer.Passed;
            foreach (var item in answer.Body?.AsArray() ?? [])
                joined.Add(item?.DeepClone());
        }

        return Results.Json(joined);
    }

    /// <summary>Objects of numbers by name.</summary>
    private static async Task<IResult> CountsAsync(HttpContext http, ServiceClient services, string? service)
    {
        var joined = new JsonObject();
        foreach (var answer in await Asked.AllAsync(http, services, service))
        {
            if (!answer.Succeeded)
                return answer.Passed;
            foreach (var (name, count) in answer.Body?.AsObject() ?? [])
                joined[name] = count?.DeepClone();
        }

        return Results.Json(joined);
    }

    private static async Task<IResult> PassAsync(HttpContext http, ServiceClient services, string consumer) =>
        (await Asked.AllAsync(http, services, Asked.ServiceOf(consumer))).Single().Passed;
}
