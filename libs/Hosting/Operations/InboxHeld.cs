using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using MlopsPlane.Messaging.Inbox;
using MlopsPlane.Primitives;

namespace MlopsPlane.Hosting.Operations;

/// <summary>
/// <c>GET /api/v1/events/inbox</c>: deliveries that consumers of this process hold back, because their predecessor has
/// not come, until their next attempt, or for an operator.
/// </summary>
internal static class InboxHeld
{
    /// <param name="NextPageToken">Null on the last page.</param>
    public sealed record Response(IReadOnlyList<HeldDelivery> Deliveries, string? NextPageToken);

    public static async Task<Ok<Response>> Handle(
        IEnumerable<IInboxAdministration> inboxes, string? consumer, int? limit, string? pageToken, CancellationToken ct)
    {
        var (take, after) = (Paging.Limit(limit), Paging.After(pageToken, new("", "", 0), EventPaging.PlaceJson.Default.Place));
        var asked = consumer is null ? inboxes : [EventPaging.Named(inboxes, "consumer", consumer, inbox => inbox.Consumer)];
        var page = new List<HeldDelivery>();
        foreach (var inbox in asked.OrderBy(inbox => inbox.Consumer, StringComparer.Ordinal).Where(inbox => string.CompareOrdinal(inbox.Consumer, after.Name) >= 0))
        {
            var (aggregate, sequence) = inbox.Consumer == after.Name ? (after.Aggregate, after.Number) : ("", 0);
            page.AddRange(await inbox.HeldAsync(aggregate, sequence, take + 1 - page.Count, ct));
            if (page.Count > take)
                break;
        }

        var last = page.Count > take ? page[take - 1] : null;
        var next = last is null ? null : OpaqueToken.Encode(new(last.Consumer, last.Aggregate, last.Sequence), EventPaging.PlaceJson.Default.Place);
        return TypedResults.Ok(new Response([.. page.Take(take)], next));
    }
}
