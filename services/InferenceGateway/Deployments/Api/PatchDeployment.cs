using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.InferenceGateway.Deployments.Changes;
using MlopsPlane.InferenceGateway.Deployments.Specs;
using MlopsPlane.InferenceGateway.Deployments.Status;
using MlopsPlane.InferenceGateway.Deployments.Targets;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.InferenceGateway.Deployments.Api;

/// <summary>
/// <c>PATCH /api/v1/serving/deployments/{name}</c>: changes the spec by a JSON merge patch (RFC 7396); lists are replaced as
/// a whole. A variant whose <c>model</c> stays keeps the version that it serves, also one that was rolled back.
/// </summary>
internal static class PatchDeployment
{
    private const int MaxAttempts = 5;

    public static async Task<Ok<DeploymentView>> Handle(
        string name, long? expectedGeneration, HttpContext http, InferenceDb db, TargetResolver resolver, StatusReader status,
        WorkspaceProjection<InferenceDb> workspaces, ChangeSignals signals, TimeProvider clock, CancellationToken ct)
    {
        var expected = Expectation.Of(http, expectedGeneration);
        var patch = await SpecBody.ReadPatchAsync(http);
        var workspaceId = await workspaces.ResolveAsync(http);
        for (var attempt = 1; ; attempt++)
        {
            var before = await db.GetAsync(workspaceId, name, ct);
            Expectation.Check(before, expected);
            var plan = await PlanAsync(http, before, patch, resolver, ct);
            // The registry is asked outside of the transaction; what it was asked for must still be in force when it is written.
            if (await db.WriteAsync(token => StoreAsync(db, http, before, plan, clock, token), ct))
                break;
            db.ChangeTracker.Clear();
            if (attempt == MaxAttempts)
                throw PlaneError.Conflict("generation_changed", $"The deployment '{name}' was changed by others again and again meanwhile.").ToException();
        }

        signals.Committed();
        db.ChangeTracker.Clear();
        return await GetDeployment.Handle(name, http, db, status, workspaces, ct);
    }

    private static async Task<Plan> PlanAsync(HttpContext http, Deployment before, JsonObject patch, TargetResolver resolver, CancellationToken ct)
    {
        var old = DeploymentSpec.FromJson(before.Spec);
        var spec = MergePatch.Apply(old, patch);
        return new(spec, await resolver.ResolveAsync(http, spec, old, ct));
    }

    /// <returns>False when the deployment was changed meanwhile.</returns>
    private static async Task<bool> StoreAsync(InferenceDb db, HttpContext http, Deployment before, Plan plan, TimeProvider clock, CancellationToken ct)
    {
        var deployment = await db.TakeAsync(before.WorkspaceId, before.Name, ct);
        if (deployment.DeploymentKey != before.DeploymentKey || deployment.Generation != before.Generation)
            return false;
        var json = plan.Spec.ToJson();
        if (json == deployment.Spec)
            return true;
        var at = clock.NowMicroseconds();
        (deployment.Spec, deployment.Pool) = (json, plan.Spec.Pool);
        var targets = db.Retarget(deployment, plan.Spec, await db.TargetsOfAsync(deployment, ct), plan.Resolved, at);
        var moved = string.Join(", ", plan.Resolved.Select(one => $"{one.Variant}: {one.Reference.Model} version {one.Version}"));
        await db.ChangeAsync(deployment, targets, new Change(
            http.Workspace(), ChangeType.Updated, moved.Length > 0 ? $"Updated; now {moved}." : "Updated.", http.Actor(), at), clock, ct);
        return true;
    }

    private sealed record Plan(DeploymentSpec Spec, IReadOnlyList<ResolvedTarget> Resolved);
}
