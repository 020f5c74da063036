using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.InferenceGateway.Deployments.Changes;
using MlopsPlane.InferenceGateway.Deployments.Status;
using MlopsPlane.InferenceGateway.Storage;

namespace MlopsPlane.InferenceGateway.Deployments.Api;

/// <summary><c>GET /api/v1/serving/deployments/{name}/status</c>: how it is as a whole, each variant, and on each replica.</summary>
internal static class GetDeploymentStatus
{
    public static async Task<Ok<StatusView>> Handle(
        string name, HttpContext http, InferenceDb db, StatusReader status, WorkspaceProjection<InferenceDb> workspaces, CancellationToken ct)
    {
        var deployment = await db.GetAsync(await workspaces.ResolveAsync(http), name, ct);
        var now = await status.OfAsync(deployment, await db.TargetsOfAsync(deployment, ct), ct);
        return TypedResults.Ok(now.View());
    }
}
