using System.Text.Json;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Commands.Events;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Doctor;

/// <summary>Events that nobody will deliver any more unless somebody acts, and those that have waited for long.</summary>
internal static class EventCheck
{
    private const string Name = "events";
    private const double LongSeconds = 300;

    public static async Task<Finding> RunAsync(Call call, CancellationToken ct)
    {
        var depths = await call.Client.AskAsync($"{EventCommands.Path}/outbox", ct);
        if (!depths.IsSuccess || depths.Json() is not { ValueKind: JsonValueKind.Array } services)
            return depths.Status == System.Net.HttpStatusCode.Forbidden
                ? Finding.Ok(Name, "your key may not look at them")
                : Finding.Warning(Name, $"{depths.Status} instead of the outboxes' depths", "Look at the server's log.");
        long Sum(string field) => services.EnumerateArray().Sum(service => service.Number(field) ?? 0);
        var letters = await DeadLettersAsync(call.Client, ct);
        var counts = $"{Sum("waiting")} waiting, {Sum("parked")} given up, {Sum("dead")} deliveries given up, {letters} dead letter(s)";
        if (Sum("parked") > 0)
            return Finding.Failed(Name, counts, "plane outbox failed shows why; plane outbox replay tries again.");
        if (Sum("dead") > 0)
            return Finding.Failed(Name, counts, "plane inbox list shows why; plane inbox replay tries again, plane inbox skip gives up.");
        if (letters > 0)
            return Finding.Failed(Name, counts, "plane dead-letters list shows where; plane dead-letters replay CONSUMER moves them back.");
        var oldest = services.EnumerateArray().Select(service => double.TryParse(service.Text("oldestSeconds"), out var seconds) ? seconds : 0).DefaultIfEmpty().Max();
        return oldest > LongSeconds
            ? Finding.Warning(Name, $"{counts}; the oldest waits for {oldest:0} s", "Without a broker (Messaging:RabbitMq) events of separate services stay in the outbox; otherwise look at it and at the consumers.")
            : Finding.Ok(Name, counts);
    }

    private static async Task<long> DeadLettersAsync(PlaneClient client, CancellationToken ct) =>
        (await client.AskAsync($"{EventCommands.Path}/dead-letters", ct)).Json() is { ValueKind: JsonValueKind.Array } queues
            ? queues.EnumerateArray().Sum(queue => queue.Number("messages") ?? 0)
            : 0;
}
