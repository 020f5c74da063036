using Microsoft.AspNetCore.Http;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Runs.Logging;
using MlopsPlane.ExperimentTracker.Runs.Rules;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;

namespace MlopsPlane.ExperimentTracker.Runs;

internal static class SetTag
{
    internal static readonly MessageSchema Schema = new(
        RunLookup.IdField,
        RunLookup.LegacyIdField,
        Field.String("key", Check.Required, Check.String),
        Field.String("value", Check.String));

    public static async Task Handle(HttpContext http, WorkspaceProjection<TrackerDb> workspaces, RunLog log, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var tag = EntityRules.RunTag(request.String("key")!, request.String("value") ?? "", "");
        var workspace = await workspaces.ResolveAsync(http);
        await http.RequireRunAsync(workspace, request.RunId(), ct);
        await log.AddAsync(workspace, request.RunId(), LogEntries.Of([], [], [tag]), ct);
        await MlflowResponse.WriteEmptyAsync(http);
    }
}
