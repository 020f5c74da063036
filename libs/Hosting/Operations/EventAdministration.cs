using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.Messaging.Outbox;

namespace MlopsPlane.Hosting.Operations;

/// <summary>An operator's view of the outboxes of this process.</summary>
internal static class EventAdministration
{
    public static void MapEventAdministration(this IEndpointRouteBuilder routes)
    {
        var events = routes.MapGroup("/api/v1/events").WithTags("events");
        events.MapGet("/outbox", DepthAsync).WithName("plane.OutboxDepth");
        events.MapGet("/outbox/failed", OutboxFailures.Handle).WithName("plane.ListFailedEvents");
        events.MapPost("/outbox/replay", ReplayAsync).WithName("plane.ReplayOutbox");
        events.MapGet("/inbox", InboxHeld.Handle).WithName("plane.ListHeldDeliveries");
        events.MapPost("/inbox/replay", InboxReplay.Handle).WithName("plane.ReplayInbox");
        events.MapPost("/inbox/skip", InboxSkip.Handle).WithName("plane.SkipDelivery");
        events.MapGet("/dead-letters", DeadLetterList.Handle).WithName("plane.ListDeadLetters");
        events.MapPost("/dead-letters/replay", DeadLetterReplay.Handle).WithName("plane.ReplayDeadLetters");
    }

    private static async Task<Ok<List<OutboxDepth>>> DepthAsync(IEnumerable<IOutboxAdministration> outboxes, CancellationToken ct)
    {
        var depths = new List<OutboxDepth>();
        foreach (var outbox in outboxes)
            depths.Add(await outbox.DepthAsync(ct));
        return TypedResults.Ok(depths);
    }

    private static async Task<Ok<Dictionary<string, int>>> ReplayAsync(IEnumerable<IOutboxAdministration> outboxes, CancellationToken ct)
    {
        var replayed = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var outbox in outboxes)
            replayed[outbox.Service] = await outbox.ReplayAsync(ct);
        return TypedResults.Ok(replayed);
    }
}
