using Microsoft.AspNetCore.Http;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.ExperimentTracker.Runs.Rules;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;

namespace MlopsPlane.ExperimentTracker.Runs;

internal static class GetRun
{
    internal static readonly MessageSchema Schema = new(RunLookup.IdField, RunLookup.LegacyIdField);

    public static async Task Handle(HttpContext http, WorkspaceProjection<TrackerDb> workspaces, RunReader runs, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var runId = request.RunId();
        var workspace = await workspaces.ResolveAsync(http);
        await http.RequireRunAsync(workspace, runId, ct);
        var run = await runs.FindAsync(workspace, runId, ct) ?? throw RunErrors.NotFound(runId);
        await MlflowResponse.WriteAsync(http, run, static (writer, run) =>
        {
            writer.WritePropertyName("run"u8);
            RunJson.WriteRun(writer, run);
        });
    }
}
