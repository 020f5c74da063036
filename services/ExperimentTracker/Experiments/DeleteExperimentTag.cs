using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Experiments;

internal static class DeleteExperimentTag
{
    internal static readonly MessageSchema Schema = new(
        Field.Id("experiment_id", Check.Required, Check.String),
        Field.String("key", Check.Required, Check.String));

    public static async Task Handle(HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var key = request.String("key")!;
        var workspace = await workspaces.ResolveAsync(http);
        await db.WriteAsync(async token =>
        {
            var experiment = await db.FindAsync(workspace, request.String("experiment_id"), http.NameGate(), token);
            experiment.CheckActive();
            var removed = await db.Set<ExperimentTag>()
                .Where(tag => tag.ExperimentKey == experiment.ExperimentKey && tag.Key == key).ExecuteDeleteAsync(token);
            if (removed == 0)
                throw MlflowErrors.Missing(string.Create(CultureInfo.InvariantCulture,
                    $"No tag with name: {key} in experiment with id {experiment.ExperimentId}"));
        }, ct);
        await MlflowResponse.WriteEmptyAsync(http);
    }
}
