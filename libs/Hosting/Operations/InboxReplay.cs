using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using MlopsPlane.Messaging.Inbox;

namespace MlopsPlane.Hosting.Operations;

/// <summary><c>POST /api/v1/events/inbox/replay</c>: failing deliveries, the dead ones too, are tried again now.</summary>
internal static class InboxReplay
{
    /// <param name="consumer">Only of this consumer.</param>
    /// <param name="aggregate">Only of this aggregate.</param>
    public static async Task<Ok<Dictionary<string, int>>> Handle(
        IEnumerable<IInboxAdministration> inboxes, string? consumer, string? aggregate, CancellationToken ct)
    {
        var asked = consumer is null ? inboxes : [EventPaging.Named(inboxes, "consumer", consumer, inbox => inbox.Consumer)];
        var replayed = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var inbox in asked)
            replayed[inbox.Consumer] = await inbox.ReplayAsync(aggregate, ct);
        return TypedResults.Ok(replayed);
    }
}
