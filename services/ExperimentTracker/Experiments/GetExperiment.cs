using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Experiments;

internal static class GetExperiment
{
    internal static readonly MessageSchema Schema = new(Field.Id("experiment_id", Check.Required, Check.String));

    public static async Task Handle(HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var workspace = await workspaces.ResolveAsync(http);
        await WriteAsync(http, db, await db.FindAsync(workspace, request.String("experiment_id"), http.NameGate(), ct), ct);
    }

    /// <summary>Answers with the experiment and its tags.</summary>
    public static async Task WriteAsync(HttpContext http, TrackerDb db, Experiment experiment, CancellationToken ct)
    {
        var tags = await db.Set<ExperimentTag>().AsNoTracking()
            .Where(tag => tag.ExperimentKey == experiment.ExperimentKey).OrderBy(tag => tag.Key).ToListAsync(ct);
        await MlflowResponse.WriteAsync(http, (experiment, tags), static (writer, found) =>
        {
            writer.WritePropertyName("experiment"u8);
            ExperimentJson.Write(writer, found.experiment, found.tags);
        });
    }
}
