using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Names;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Datasets;

/// <summary>The datasets that runs of some experiments read, once for each context in which they did.</summary>
internal static class SearchDatasets
{
    private const int MaxExperiments = 20;
    private const int MaxResults = 1000;
    private const string ContextTag = "mlflow.data.context";

    internal static readonly MessageSchema Schema = new(Field.Ids("experiment_ids"));

    public static async Task Handle(HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var given = request.Strings("experiment_ids");
        if (given.Count == 0)
            throw MlflowErrors.Invalid("SearchDatasets request must specify at least one experiment_id.");
        if (given.Count > MaxExperiments)
            throw MlflowErrors.Invalid(string.Create(CultureInfo.InvariantCulture,
                $"SearchDatasets request cannot specify more than {MaxExperiments} experiment_ids. Received {given.Count} experiment_ids."));
        var ids = given.Select(ExperimentLookup.ParseId).ToList();
        var workspace = await workspaces.ResolveAsync(http);
        var summaries = await FindAsync(db, workspace, ids, http.NameGate(), ct);
        await MlflowResponse.WriteAsync(http, summaries, static (writer, summaries) =>
        {
            if (summaries.Count == 0)
                return;
            writer.WriteStartArray("dataset_summaries"u8);
            foreach (var summary in summaries)
            {
                writer.WriteStartObject();
                writer.WriteString("experiment_id"u8, summary.ExperimentId.ToString(CultureInfo.InvariantCulture));
                writer.WriteString("name"u8, summary.Name);
                writer.WriteString("digest"u8, summary.Digest);
                writer.WriteOptional("context", summary.Context);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        });
    }

    private static async Task<List<Summary>> FindAsync(TrackerDb db, int workspace, List<long> ids, NameGate? gate, CancellationToken ct)
    {
        var rows =
            from experiment in db.Set<Experiment>().Passing(row => row.Name, gate, db.Provider.Provider)
            where experiment.WorkspaceId == workspace && ids.Contains(experiment.ExperimentId)
            join dataset in db.Set<Dataset>() on experiment.ExperimentKey equals dataset.ExperimentKey
            join input in db.Set<DatasetInput>() on dataset.DatasetKey equals input.DatasetKey
            from tag in db.Set<InputTag>().Where(tag => tag.InputKey == input.InputKey && tag.Key == ContextTag).DefaultIfEmpty()
            select new { experiment.ExperimentId, dataset.Name, dataset.Digest, Context = (string?)tag.Value };
        var found = await rows.Distinct()
            .OrderBy(row => row.ExperimentId).ThenBy(row => row.Name).ThenBy(row => row.Digest).ThenBy(row => row.Context)
            .Take(MaxResults).ToListAsync(ct);
        return [.. found.Select(row => new Summary(row.ExperimentId, row.Name, row.Digest, row.Context))];
    }

    private sealed record Summary(long ExperimentId, string Name, string Digest, string? Context);
}
