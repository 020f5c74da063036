using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.InferenceGateway.Deployments.Changes;
using MlopsPlane.InferenceGateway.Deployments.Status;
using MlopsPlane.InferenceGateway.Storage;

namespace MlopsPlane.InferenceGateway.Deployments.Api;

/// <summary><c>GET /api/v1/serving/deployments/{name}</c>: what is to be served, by which versions, and how far that is.</summary>
internal static class GetDeployment
{
    public static async Task<Ok<DeploymentView>> Handle(
        string name, HttpContext http, InferenceDb db, StatusReader status, WorkspaceProjection<InferenceDb> workspaces, CancellationToken ct)
    {
        var deployment = await db.GetAsync(await workspaces.ResolveAsync(http), name, ct);
        var (_, targets, phase) = (await status.OfAsync([deployment], ct))[0];
        Expectation.Show(http, deployment.Generation);
        return TypedResults.Ok(DeploymentView.Of(deployment, targets, phase));
    }
}
