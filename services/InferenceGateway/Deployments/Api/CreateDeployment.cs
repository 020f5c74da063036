using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.InferenceGateway.Deployments.Changes;
using MlopsPlane.InferenceGateway.Deployments.Specs;
using MlopsPlane.InferenceGateway.Deployments.Status;
using MlopsPlane.InferenceGateway.Deployments.Targets;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.InferenceGateway.Deployments.Api;

/// <summary>
/// <c>POST /api/v1/serving/deployments</c>: serves models under a name from now on. The short form
/// <c>{"model": "models:/name@alias"}</c> serves one under its own name; every other field may stand beside it. With
/// <c>dryRun=true</c> it is only said what would be served.
/// </summary>
internal static class CreateDeployment
{
    private const int MaxDeployments = 1000;

    /// <param name="DryRun">Nothing was written.</param>
    /// <param name="Targets">The versions that would be served now.</param>
    public sealed record Plan(bool DryRun, DeploymentSpec Spec, IReadOnlyList<PlannedTarget> Targets);

    public sealed record PlannedTarget(string Variant, string Model, string? Alias, int Version);

    public static async Task<Results<Created<DeploymentView>, Ok<Plan>>> Handle(
        bool? dryRun, HttpContext http, InferenceDb db, TargetResolver resolver, WorkspaceProjection<InferenceDb> workspaces, ChangeSignals signals,
        TimeProvider clock, CancellationToken ct)
    {
        var spec = await SpecBody.ReadSpecAsync(http);
        http.NameGate()?.Require(spec.Name);
        var workspaceId = await workspaces.ResolveAsync(http);
        if (await db.Deployments.AnyAsync(row => row.WorkspaceId == workspaceId && row.Name == spec.Name, ct))
            throw Exists(spec.Name);
        var resolved = await resolver.ResolveAsync(http, spec, before: null, ct);
        if (dryRun == true)
            return TypedResults.Ok(new Plan(DryRun: true, spec, [.. resolved.Select(one => new PlannedTarget(one.Variant, one.Reference.Model, one.Reference.Alias, one.Version))]));
        try
        {
            var (created, targets) = await db.WriteAsync(token => StoreAsync(db, http, workspaceId, spec, resolved, clock, token), ct);
            signals.Committed();
            Expectation.Show(http, created.Generation);
            // A path that holds for callers who name the workspace in the path, too.
            return TypedResults.Created($"{http.Request.PathBase}{DeploymentEndpoints.Base}/{spec.Name}", DeploymentView.Of(created, targets, Phase.Pending));
        }
        catch (DbUpdateException taken) when (db.Provider.IsDuplicateKey(taken))
        {
            throw Exists(spec.Name);
        }
    }

    private static async Task<(Deployment, List<DeploymentTarget>)> StoreAsync(
        InferenceDb db, HttpContext http, int workspaceId, DeploymentSpec spec, IReadOnlyList<ResolvedTarget> resolved, TimeProvider clock, CancellationToken ct)
    {
        if (await db.Deployments.CountAsync(row => row.WorkspaceId == workspaceId, ct) >= MaxDeployments)
            throw PlaneError.Conflict("too_many_deployments", $"A workspace has at most {MaxDeployments} deployments; delete one first.").ToException();
        var (at, actor) = (clock.NowMicroseconds(), http.Actor());
        var made = new Deployment { WorkspaceId = workspaceId, Name = spec.Name, Pool = spec.Pool, Spec = spec.ToJson(), CreatedAt = at, CreatedBy = actor };
        db.Deployments.Add(made);
        await db.SaveChangesAsync(ct);
        var targets = db.Retarget(made, spec, [], resolved, at);
        var what = string.Join(", ", targets.Select(target => $"{target.Variant}: {target.Model} version {target.Version}"));
        await db.ChangeAsync(made, targets, new Change(http.Workspace(), ChangeType.Created, what.Length > 0 ? $"Created with {what}." : "Created.", actor, at), clock, ct);
        return (made, targets);
    }

    private static PlaneException Exists(string name) =>
        PlaneError.Conflict("deployment_exists", $"There is a deployment '{name}' already; PATCH changes it.").ToException();
}
