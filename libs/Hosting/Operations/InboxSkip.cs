using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using MlopsPlane.Messaging.Inbox;
using MlopsPlane.Primitives;

namespace MlopsPlane.Hosting.Operations;

/// <summary>
/// <c>POST /api/v1/events/inbox/skip</c>: one consumer gives up the delivery that fails, or those that never came, so
/// that the rest of the aggregate goes on. Other consumers are not affected.
/// </summary>
internal static class InboxSkip
{
    public static async Task<Ok<SkippedDeliveries>> Handle(
        IEnumerable<IInboxAdministration> inboxes, string consumer, string aggregate, CancellationToken ct)
    {
        var inbox = EventPaging.Named(inboxes, "consumer", consumer, one => one.Consumer);
        return TypedResults.Ok(await inbox.SkipAsync(aggregate, ct)
            ?? throw PlaneError.NotFound("nothing_held", $"{consumer} holds nothing back of '{aggregate}'.").ToException());
    }
}
