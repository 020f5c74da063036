using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Experiments;

internal static class GetExperimentByName
{
    internal static readonly MessageSchema Schema = new(Field.String("experiment_name", Check.Required, Check.String));

    public static async Task Handle(HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var name = request.String("experiment_name")!;
        http.NameGate()?.Require(name);
        var workspace = await workspaces.ResolveAsync(http);
        var experiment = await db.Set<Experiment>().AsNoTracking()
            .SingleOrDefaultAsync(row => row.WorkspaceId == workspace && row.Name == name, ct)
            ?? throw MlflowErrors.Missing($"Could not find experiment with name '{name}'");
        await GetExperiment.WriteAsync(http, db, experiment, ct);
    }
}
