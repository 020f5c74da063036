using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.InferenceGateway.Deployments.Changes;
using MlopsPlane.InferenceGateway.Storage;

namespace MlopsPlane.InferenceGateway.Deployments.Workspaces;

/// <summary>Moves the deployments of a workspace; their models move with it, and are looked for again in the target.</summary>
internal sealed class MoveDeployments(TimeProvider clock) : IWorkspaceMover<InferenceDb>
{
    public async Task MoveAsync(InferenceDb db, WorkspaceMove move, CancellationToken ct)
    {
        var taken = (await db.Deployments.Where(row => row.WorkspaceId == move.To).Select(row => row.Name).ToListAsync(ct)).ToHashSet(StringComparer.Ordinal);
        var moving = await db.Deployments.Where(row => row.WorkspaceId == move.From).OrderBy(row => row.DeploymentKey).ToListAsync(ct);
        await db.Events.Where(row => row.WorkspaceId == move.From).ExecuteUpdateAsync(set => set.SetProperty(row => row.WorkspaceId, move.To), ct);
        foreach (var deployment in moving)
        {
            var name = FreeName(deployment.Name, move.Name, taken);
            taken.Add(name);
            var was = deployment.Name;
            (deployment.WorkspaceId, deployment.Name) = (move.To, name);
            deployment.Spec = (DeploymentSpec.FromJson(deployment.Spec) with { Name = name }).ToJson();
            var targets = await db.TargetsOfAsync(deployment, ct);
            targets.ForEach(target => target.Unconfirmed = true);
            await db.ChangeOneOfManyAsync(deployment, targets, new Change(
                move.Target, ChangeType.Moved, $"Moved here from workspace '{move.Name}'{(name == was ? "" : $", where it was called '{was}'")}.", null, clock.NowMicroseconds()), clock, ct);
        }

        await db.CountChangeAsync(ct);
    }

    /// <summary>As in every other service the ended workspace's name is put behind a name that is taken, in letters that a deployment may have.</summary>
    private static string FreeName(string name, string workspace, HashSet<string> taken)
    {
        var free = name;
        for (var number = 1; taken.Contains(free); number++)
        {
            var suffix = number == 1 ? $"-{workspace}" : $"-{workspace}-{number}";
            free = name[..Math.Min(name.Length, 100 - suffix.Length)] + suffix;
        }

        return free;
    }
}
