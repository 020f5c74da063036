using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.ModelRegistry.Lineage;
using MlopsPlane.ModelRegistry.Storage;

namespace MlopsPlane.ModelRegistry.Workspaces;

/// <summary>Removes the models of a deleted workspace, what is known of its runs, and its webhooks. The history stays: it outlives what it tells of.</summary>
internal sealed class RemoveModels : IWorkspaceRemover<RegistryDb>
{
    private const int ModelsAtOnce = 50;
    private const int RunsAtOnce = 500;
    private const int DeliveriesAtOnce = 500;

    public async Task<bool> RemoveSomeAsync(RegistryDb db, int workspaceId, CancellationToken ct)
    {
        var models = await db.Models.Where(model => model.WorkspaceId == workspaceId).OrderBy(model => model.ModelKey).Take(ModelsAtOnce)
            .Select(model => model.ModelKey).ToListAsync(ct);
        var runs = await db.Set<KnownRun>().Where(run => run.WorkspaceId == workspaceId).OrderBy(run => run.RunId).Take(RunsAtOnce)
            .Select(run => run.RunId).ToListAsync(ct);
        await db.Models.Where(model => models.Contains(model.ModelKey)).ExecuteDeleteAsync(ct);
        await db.Set<KnownRun>().Where(run => run.WorkspaceId == workspaceId && runs.Contains(run.RunId)).ExecuteDeleteAsync(ct);
        return models.Count > 0 || runs.Count > 0 || await RemoveSomeOfWebhooksAsync(db, workspaceId, ct);
    }

    private static async Task<bool> RemoveSomeOfWebhooksAsync(RegistryDb db, int workspaceId, CancellationToken ct)
    {
        var webhooks = db.Webhooks.Where(webhook => webhook.WorkspaceId == workspaceId);
        var deliveries = await db.Deliveries.Where(row => webhooks.Any(webhook => webhook.WebhookId == row.WebhookId))
            .OrderBy(row => row.Position).Take(DeliveriesAtOnce).Select(row => row.Position).ToListAsync(ct);
        if (deliveries.Count == 0)
            return await webhooks.ExecuteDeleteAsync(ct) > 0;
        await db.Deliveries.Where(row => deliveries.Contains(row.Position)).ExecuteDeleteAsync(ct);
        return true;
    }
}
