using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.ExperimentTracker.Search.Runs;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Search;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Runs.Exporting;

/// <summary>
/// <c>GET /api/v1/tracking/runs/export</c>: all runs that a search finds, as CSV or as one JSON object a line, streamed
/// page by page. Filter and order are those of MLflow's search.
/// </summary>
internal static class ExportRuns
{
    private const int PageSize = 500;

    public static async Task Handle(
        string[] experimentId, string? format, string? filter, string[] orderBy, string? stage, HttpContext http,
        RunSearch search, RunReader reader, ExportColumns columns, WorkspaceProjection<TrackerDb> workspaces, CancellationToken ct)
    {
        if (experimentId.Length == 0)
            throw PlaneError.Invalid("missing_experiment", "'experimentId' must name at least one experiment.").ToException();
        var experiments = experimentId.Select(ExperimentLookup.ParseId).Distinct().ToList();
        var workspace = await workspaces.ResolveAsync(http);
        var query = new RunQuery(
            workspace, experiments, SearchGrammar.Runs.ParseFilter(filter), Stage(stage), SearchGrammar.Runs.ParseOrders(orderBy), PageSize, PageToken: null,
            http.NameGate());
        RunFormat writer = format switch
        {
            "csv" => new CsvFormat(await columns.OfAsync(workspace, experiments, http.NameGate(), ct)),
            null or "ndjson" => new NdjsonFormat(),
            _ => throw PlaneError.Invalid("invalid_format", "'format' must be 'csv' or 'ndjson'.").ToException(),
        };
        http.Response.ContentType = writer.ContentType;
        http.Response.Headers.ContentDisposition = $"attachment; filename=runs.{writer.Extension}";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await WriteAsync(http, search, reader, query, writer, ct);
    }

    private static async Task WriteAsync(
        HttpContext http, RunSearch search, RunReader reader, RunQuery query, RunFormat writer, CancellationToken ct)
    {
        writer.Begin(http.Response.BodyWriter);
        for (var token = (string?)null; ;)
        {
            var page = await search.FindAsync(query with { PageToken = token }, ct);
            foreach (var run in await reader.ReadAsync(page.Keys, ct))
                writer.Write(http.Response.BodyWriter, run);
            await http.Response.BodyWriter.FlushAsync(ct);
            if (page.NextPageToken is null)
                return;
            token = page.NextPageToken;
        }
    }

    private static string? Stage(string? stage) => stage switch
    {
        null or Lifecycle.Active => Lifecycle.Active,
        Lifecycle.Deleted => Lifecycle.Deleted,
        "all" => null,
        _ => throw PlaneError.Invalid("invalid_stage", "'stage' must be 'active', 'deleted' or 'all'.").ToException(),
    };
}
