using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Primitives;

namespace MlopsPlane.Hosting.Operations;

/// <summary><c>GET /api/v1/events/outbox/failed</c>: events that could not be handed on, with the reason, oldest first.</summary>
internal static class OutboxFailures
{
    /// <param name="NextPageToken">Null on the last page.</param>
    public sealed record Response(IReadOnlyList<Entry> Events, string? NextPageToken);

    /// <param name="Service">The service whose outbox holds it.</param>
    public sealed record Entry(string Service, FailedMessage Event);

    public static async Task<Ok<Response>> Handle(
        IEnumerable<IOutboxAdministration> outboxes, string? service, int? limit, string? pageToken, CancellationToken ct)
    {
        var (take, after) = (Paging.Limit(limit), Paging.After(pageToken, new("", "", 0), EventPaging.PlaceJson.Default.Place));
        var page = new List<Entry>();
        foreach (var outbox in EventPaging.Outboxes(outboxes, service).OrderBy(outbox => outbox.Service, StringComparer.Ordinal)
            .Where(outbox => string.CompareOrdinal(outbox.Service, after.Name) >= 0))
        {
            var position = outbox.Service == after.Name ? after.Number : 0;
            page.AddRange((await outbox.FailedAsync(position, take + 1 - page.Count, ct)).Select(failed => new Entry(outbox.Service, failed)));
            if (page.Count > take)
                break;
        }

        var last = page.Count > take ? page[take - 1] : null;
        var next = last is null ? null : OpaqueToken.Encode(new(last.Service, "", last.Event.Position), EventPaging.PlaceJson.Default.Place);
        return TypedResults.Ok(new Response([.. page.Take(take)], next));
    }
}
