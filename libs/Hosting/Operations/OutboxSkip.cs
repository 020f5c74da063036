using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Primitives;

namespace MlopsPlane.Hosting.Operations;

/// <summary>
/// <c>POST /api/v1/events/outbox/skip</c>: one parked event is given up, so that the rest of its aggregate goes on. No
/// consumer sees it, and none waits for its number.
/// </summary>
internal static class OutboxSkip
{
    /// <param name="position">As <c>GET /api/v1/events/outbox/failed</c> tells it.</param>
    public static async Task<Ok<GivenUpMessage>> Handle(
        IEnumerable<IOutboxAdministration> outboxes, string service, long position, CancellationToken ct)
    {
        var outbox = EventPaging.Named(outboxes, "service", service, one => one.Service);
        return TypedResults.Ok(await outbox.SkipAsync(position, ct)
            ?? throw PlaneError.NotFound("nothing_parked", $"{service} holds no parked event at position {position}.").ToException());
    }
}
