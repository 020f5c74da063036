using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Mlflow.Search;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Search.Experiments;

internal static class SearchExperiments
{
    internal static readonly MessageSchema Schema = new(
        Field.Enum("view_type", ProtoEnum.ViewType, Check.IntLike),
        Field.Int64("max_results", Check.IntLike),
        Field.Strings("order_by", Check.Array, Check.StringItems),
        Field.String("filter", Check.String),
        Field.String("page_token", Check.String));

    public static async Task Handle(
        HttpContext http, ExperimentSearch search, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        // MLflow reads an absent limit as 0 and refuses it; its own clients always send one.
        var limit = SearchLimit.Check(request.Int64("max_results") ?? 0);
        var page = await search.FindAsync(
            new ExperimentQuery(
                await workspaces.ResolveAsync(http),
                SearchGrammar.Experiments.ParseFilter(request.String("filter")),
                LifecycleView.StageOf(request.Enum("view_type", ProtoEnum.ViewType)),
                SearchGrammar.Experiments.ParseOrders(request.Strings("order_by")),
                limit,
                request.String("page_token"),
                http.NameGate()),
            ct);
        var experiments = await db.Set<Experiment>().AsNoTracking()
            .Where(row => page.Keys.Contains(row.ExperimentKey)).ToDictionaryAsync(row => row.ExperimentKey, ct);
        var tags = (await db.Set<ExperimentTag>().AsNoTracking()
            .Where(row => page.Keys.Contains(row.ExperimentKey)).OrderBy(row => row.Key).ToListAsync(ct)).ToLookup(row => row.ExperimentKey);
        var found = page.Keys.Where(experiments.ContainsKey).Select(key => (experiments[key], tags[key].ToList())).ToList();
        await MlflowResponse.WriteAsync(http, (found, page.NextPageToken), static (writer, answer) =>
        {
            if (answer.found.Count > 0)
            {
                writer.WriteStartArray("experiments"u8);
                foreach (var (experiment, tags) in answer.found)
                    ExperimentJson.Write(writer, experiment, tags);
                writer.WriteEndArray();
            }

            writer.WriteOptional("next_page_token", answer.NextPageToken);
        });
    }
}
