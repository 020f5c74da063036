using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MlopsPlane.Messaging.Inbox;
using MlopsPlane.Messaging.RabbitMq;
using MlopsPlane.Primitives;

namespace MlopsPlane.Hosting.Operations;

/// <summary><c>POST /api/v1/events/dead-letters/replay</c>: moves dead letters of a consumer back into its queue.</summary>
internal static class DeadLetterReplay
{
    public sealed record Response(string Consumer, int Moved);

    /// <param name="limit">Most messages to move, 1 to 1000; 100 when it is not given.</param>
    public static async Task<Ok<Response>> Handle(
        IEnumerable<IInboxAdministration> inboxes, [FromServices] IDeadLetters? letters, string consumer, int? limit, CancellationToken ct)
    {
        var (take, name) = (Paging.Limit(limit), EventPaging.Named(inboxes, "consumer", consumer, inbox => inbox.Consumer).Consumer);
        return TypedResults.Ok(new Response(name, letters is null ? 0 : await AskAsync(() => letters.ReplayAsync(name, take, ct), ct)));
    }

    /// <exception cref="PlaneException">503: the broker does not answer.</exception>
    internal static async Task<T> AskAsync<T>(Func<Task<T>> question, CancellationToken ct)
    {
        try
        {
            return await question();
        }
        catch (Exception failure) when (failure is not PlaneException && !ct.IsCancellationRequested)
        {
            throw PlaneError.Unavailable("broker_unavailable", "The broker does not answer; the request can be repeated.").ToException(failure);
        }
    }
}
