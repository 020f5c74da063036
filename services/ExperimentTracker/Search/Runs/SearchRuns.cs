using Microsoft.AspNetCore.Http;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Mlflow.Search;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Responses;

namespace MlopsPlane.ExperimentTracker.Search.Runs;

internal static class SearchRuns
{
    private const int DefaultLimit = 1000;

    /// <summary>Runs that are read, written and sent together.</summary>
    private const int PartSize = 100;

    internal static readonly MessageSchema Schema = new(
        Field.Ids("experiment_ids", Check.Array),
        Field.String("filter", Check.String),
        Field.Int64("max_results", Check.IntLike, Check.Of(value => value is null || !ProtoJson.TryInt64(value.Value, out var limit) || limit <= SearchLimit.Max)),
        Field.Strings("order_by", Check.Array, Check.StringItems),
        Field.Enum("run_view_type", ProtoEnum.ViewType),
        Field.String("page_token"));

    public static async Task Handle(
        HttpContext http, RunSearch search, RunReader reader, WorkspaceProjection<TrackerDb> workspaces, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var limit = SearchLimit.Check(request.Int64("max_results") ?? DefaultLimit);
        var filter = SearchGrammar.Runs.ParseFilter(request.String("filter"));
        var orders = SearchGrammar.Runs.ParseOrders(request.Strings("order_by"));
        var page = await search.FindAsync(
            new RunQuery(
                await workspaces.ResolveAsync(http),
                [.. request.Strings("experiment_ids").Select(ExperimentLookup.ParseId).Distinct()],
                filter,
                LifecycleView.StageOf(request.Enum("run_view_type", ProtoEnum.ViewType)),
                orders,
                limit,
                request.String("page_token"),
                http.NameGate()),
            ct);
        var parts = page.Keys.Chunk(PartSize).ToList();
        var first = parts.Count > 0 ? await reader.ReadAsync(parts[0], ct) : [];
        if (parts.Count > 1)
            await StreamAsync(http, reader, first, parts, page.NextPageToken, ct);
        else
            await MlflowResponse.WriteAsync(http, (first, page.NextPageToken), static (writer, found) =>
            {
                if (found.first.Count > 0)
                {
                    writer.WriteStartArray("runs"u8);
                    foreach (var run in found.first)
                        RunJson.WriteRun(writer, run);
                    writer.WriteEndArray();
                }

                writer.WriteOptional("next_page_token", found.NextPageToken);
            });
    }

    /// <summary>Reads and sends a large page part by part, so that its size costs time and not memory.</summary>
    private static async Task StreamAsync(
        HttpContext http, RunReader reader, IReadOnlyList<FullRun> first, List<long[]> parts, string? nextPageToken, CancellationToken ct)
    {
        using var stream = new JsonStream(http);
        stream.Writer.WriteStartArray("runs"u8);
        for (var i = 0; i < parts.Count; i++)
        {
            foreach (var run in i == 0 ? first : await reader.ReadAsync(parts[i], ct))
                RunJson.WriteRun(stream.Writer, run);
            await stream.SendAsync();
        }

        stream.Writer.WriteEndArray();
        stream.Writer.WriteOptional("next_page_token", nextPageToken);
        await stream.EndAsync();
    }
}
