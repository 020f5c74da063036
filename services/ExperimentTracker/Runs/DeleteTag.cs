using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.ExperimentTracker.Runs;

internal static class DeleteTag
{
    internal static readonly MessageSchema Schema = new(
        RunLookup.IdField,
        RunLookup.LegacyIdField,
        Field.String("key", Check.Required, Check.String));

    public static async Task Handle(HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var (runId, key) = (request.RunId(), request.String("key")!);
        var workspace = await workspaces.ResolveAsync(http);
        await http.RequireRunAsync(workspace, runId, ct);
        await db.WriteAsync(async token =>
        {
            var run = await db.FindActiveRunAsync(workspace, runId, token);
            if (await db.Set<RunTag>().Where(tag => tag.RunKey == run.RunKey && tag.Key == key).ExecuteDeleteAsync(token) == 0)
                throw MlflowErrors.Missing($"No tag with name: {key} in run with id {runId}");
        }, ct);
        await MlflowResponse.WriteEmptyAsync(http);
    }
}
