using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.InferenceGateway.Deployments.Changes;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.InferenceGateway.Deployments.Api;

/// <summary><c>DELETE /api/v1/serving/deployments/{name}</c>: ends it; what happened to it can be read on.</summary>
internal static class DeleteDeployment
{
    public static async Task<NoContent> Handle(
        string name, long? expectedGeneration, HttpContext http, InferenceDb db, WorkspaceProjection<InferenceDb> workspaces, ChangeSignals signals,
        TimeProvider clock, CancellationToken ct)
    {
        var expected = Expectation.Of(http, expectedGeneration);
        var workspaceId = await workspaces.ResolveAsync(http);
        await db.WriteAsync(async token =>
        {
            var deployment = await db.TakeAsync(workspaceId, name, token);
            Expectation.Check(deployment, expected);
            await db.ReplicaStates.Where(state => state.DeploymentKey == deployment.DeploymentKey).ExecuteDeleteAsync(token);
            await db.Deployments.Where(row => row.DeploymentKey == deployment.DeploymentKey).ExecuteDeleteAsync(token);
            await db.EndAsync(deployment, new Change(http.Workspace(), ChangeType.Deleted, "Deleted.", http.Actor(), clock.NowMicroseconds()), clock, token);
        }, ct);
        signals.Committed();
        return TypedResults.NoContent();
    }
}
