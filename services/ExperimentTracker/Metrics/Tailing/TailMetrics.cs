using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity.Credentials;

namespace MlopsPlane.ExperimentTracker.Metrics.Tailing;

/// <summary>
/// <c>GET /api/v1/tracking/runs/{runId}/metrics/tail</c>: server-sent events, one <c>metric</c> for each value that is
/// logged from now on, a <c>status</c> when the run's changes, and the end when the run is over. A value that lies before
/// one that was sent already, in the order of time and step, is not sent; the history has it.
/// </summary>
internal static class TailMetrics
{
    private const int MaxMetrics = 200;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <param name="Kind"><c>metric</c>, <c>status</c> or <c>heartbeat</c>; also the name of the event.</param>
    /// <param name="Timestamp">Of the value, in milliseconds since 1970 UTC.</param>
    /// <param name="Status">Of the run, in an event of that kind.</param>
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public sealed record Item(string Kind, string? Metric = null, double? Value = null, long? Timestamp = null, long? Step = null, string? Status = null);

    public static async Task<ServerSentEventsResult<Item>> Handle(
        string runId, string[] metric, bool? fromStart, HttpContext http, HistoryReader runs, TailReader reader,
        WorkspaceProjection<TrackerDb> workspaces, TimeProvider clock, CancellationToken ct)
    {
        if (metric.Length > MaxMetrics)
            throw PlaneError.Invalid("invalid_metric_count", $"'metric' must name at most {MaxMetrics} metrics.").ToException();
        var workspace = await workspaces.ResolveAsync(http);
        await http.RequireRunAsync(workspace, runId, ct);
        var keys = await runs.RunKeysAsync(workspace, [runId], ct);
        if (!keys.TryGetValue(runId, out var runKey))
            throw PlaneError.NotFound("run_not_found", $"There is no run '{runId}'.").ToException();
        var tail = new Tail(runKey, metric);
        // Where the tail begins is settled before the answer does, so that nothing logged after it is missed.
        if (fromStart != true)
            await reader.SkipAsync(tail, ct);
        http.EndWithRights();
        return TypedResults.ServerSentEvents(ItemsAsync(reader, tail, clock, ct));
    }

    private static async IAsyncEnumerable<SseItem<Item>> ItemsAsync(
        TailReader reader, Tail tail, TimeProvider clock, [EnumeratorCancellation] CancellationToken ct)
    {
        string? known = null;
        var quietSince = clock.GetUtcNow();
        // An event at once tells the client, and every proxy between, that the stream is open.
        yield return Event(new("heartbeat"));
        while (true)
        {
            // The status is read first: what was logged before the run ended is then among the values.
            var status = await reader.StatusAsync(tail, ct);
            await foreach (var point in reader.NextAsync(tail, ct))
            {
                quietSince = clock.GetUtcNow();
                yield return Event(new("metric", point.Key, point.Value, point.Timestamp, point.Step));
            }

            if (status != known)
                yield return Event(new("status", Status: known = status));
            if (status is null || Runs.RunStatus.IsTerminal(status))
                yield break;
            if (clock.GetUtcNow() - quietSince >= Heartbeat)
            {
                quietSince = clock.GetUtcNow();
                yield return Event(new("heartbeat"));
            }

            await Task.Delay(Poll, clock, ct);
        }
    }

    private static SseItem<Item> Event(Item item) => new(item, item.Kind);
}
