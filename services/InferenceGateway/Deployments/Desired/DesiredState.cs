using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.InferenceGateway.Storage;

namespace MlopsPlane.InferenceGateway.Deployments.Desired;

internal sealed class DesiredState(IServiceScopeFactory scopes, TimeProvider clock) : IDesiredState
{
    public async Task<IReadOnlyList<DesiredDeployment>> ReadAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<InferenceDb>();
        // One statement, so that a target belongs to the generation that it is shown with.
        var rows = await db.Deployments.AsNoTracking()
            .Join(db.Set<WorkspaceRow>().Where(workspace => !workspace.Name.Contains(WorkspaceRow.RetiredMark)),
                deployment => deployment.WorkspaceId, workspace => workspace.Id, (deployment, workspace) => new { deployment, workspace.Name })
            .GroupJoin(db.Targets, found => found.deployment.DeploymentKey, target => target.DeploymentKey, (found, targets) => new { found.deployment, found.Name, targets })
            .SelectMany(found => found.targets.DefaultIfEmpty(), (found, target) => new { found.deployment, Workspace = found.Name, target })
            .OrderBy(row => row.deployment.DeploymentKey).ToListAsync(ct);
        var holders = await HolderReader.ReadAsync(db, clock.NowMicroseconds(), ct);
        return
        [
            .. rows.GroupBy(row => row.deployment.DeploymentKey).Select(group =>
            {
                var (deployment, spec) = (group.First().deployment, DeploymentSpec.FromJson(group.First().deployment.Spec));
                return new DesiredDeployment(
                    group.Key, group.First().Workspace, deployment.Generation, spec,
                    group.Where(row => row.target is not null).ToDictionary(
                        row => row.target!.Variant, row => new VariantTarget(row.target!.Model, row.target.Version, row.target.PreviousVersion), StringComparer.Ordinal),
                    deployment.Retries)
                {
                    Suspended = deployment.Suspended, Unplaced = deployment.Unplaced, Holders = holders.Of(group.Key, spec),
                };
            }),
        ];
    }
}
