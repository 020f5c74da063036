using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Hosting.Operations;

/// <summary>An operator's view of the outboxes of this process.</summary>
internal static class EventAdministration
{
    public static void MapEventAdministration(this IEndpointRouteBuilder routes)
    {
        var events = routes.MapGroup("/api/v1/events").WithTags("events");
        var looks = events.MapGroup("").Requires(AccessPolicy.Read(ResourceKind.Operations) with { InAllWorkspaces = true });
        looks.MapGet("/outbox", DepthAsync).WithName("plane.OutboxDepth");
        looks.MapGet("/outbox/failed", OutboxFailures.Handle).WithName("plane.ListFailedEvents");
        looks.MapGet("/inbox", InboxHeld.Handle).WithName("plane.ListHeldDeliveries");
        looks.MapGet("/dead-letters", DeadLetterList.Handle).WithName("plane.ListDeadLetters");
        var repairs = events.MapGroup("").Requires(AccessPolicy.Admin(ResourceKind.Operations) with { InAllWorkspaces = true });
        repairs.MapPost("/outbox/replay", ReplayAsync).WithName("plane.ReplayOutbox");
        repairs.MapPost("/outbox/skip", OutboxSkip.Handle).WithName("plane.SkipEvent").ProducesProblem(404);
        repairs.MapPost("/inbox/replay", InboxReplay.Handle).WithName("plane.ReplayInbox");
        repairs.MapPost("/inbox/skip", InboxSkip.Handle).WithName("plane.SkipDelivery");
        repairs.MapPost("/dead-letters/replay", DeadLetterReplay.Handle).WithName("plane.ReplayDeadLetters");
    }

    private static async Task<Ok<List<OutboxDepth>>> DepthAsync(IEnumerable<IOutboxAdministration> outboxes, string? service, CancellationToken ct)
    {
        var depths = new List<OutboxDepth>();
        foreach (var outbox in EventPaging.Outboxes(outboxes, service))
            depths.Add(await outbox.DepthAsync(ct));
        return TypedResults.Ok(depths);
    }

    private static async Task<Ok<Dictionary<string, int>>> ReplayAsync(IEnumerable<IOutboxAdministration> outboxes, string? service, CancellationToken ct)
    {
        var replayed = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var outbox in EventPaging.Outboxes(outboxes, service))
            replayed[outbox.Service] = await outbox.ReplayAsync(ct);
        return TypedResults.Ok(replayed);
    }
}
