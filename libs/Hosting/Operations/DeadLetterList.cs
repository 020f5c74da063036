using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MlopsPlane.Messaging.RabbitMq;

namespace MlopsPlane.Hosting.Operations;

/// <summary><c>GET /api/v1/events/dead-letters</c>: messages in the dead-letter queues of this process's consumers; empty without a broker.</summary>
internal static class DeadLetterList
{
    public static async Task<Ok<IReadOnlyList<DeadLetterDepth>>> Handle([FromServices] IDeadLetters? letters, CancellationToken ct) =>
        TypedResults.Ok(letters is null ? [] : await DeadLetterReplay.AskAsync(() => letters.DepthsAsync(ct), ct));
}
