using Microsoft.EntityFrameworkCore;
using MlopsPlane.Contracts.ModelRegistry.V1;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Messaging;

namespace MlopsPlane.ExperimentTracker.Registrations;

/// <summary>Notes which versions the registry made of runs and logged models, from its events.</summary>
internal sealed class LearnRegistrations(TrackerDb db)
    : IEventHandler<ModelVersionCreated>, IEventHandler<ModelVersionDeleted>, IEventHandler<ModelRenamed>
{
    public async Task HandleAsync(ModelVersionCreated fact, CancellationToken ct)
    {
        // A workspace that this service has never met has no run that anything could be registered from.
        await db.Database.ExecuteSqlAsync($"""
            INSERT INTO registrations (workspace_id, model, version, run_id, logged_model_id)
            SELECT id, {fact.Model}, {fact.Version}, {fact.RunId}, {fact.LoggedModelId} FROM workspaces WHERE name = {fact.Workspace}
            ON CONFLICT DO NOTHING
            """, ct);
        await ModelVersionsTag.AppendAsync(db, fact, ct);
    }

    public async Task HandleAsync(ModelVersionDeleted fact, CancellationToken ct)
    {
        var workspace = await WorkspaceAsync(fact.Workspace, ct);
        await db.Set<Registration>().Where(row => row.WorkspaceId == workspace && row.Model == fact.Model && row.Version == fact.Version)
            .ExecuteDeleteAsync(ct);
    }

    public async Task HandleAsync(ModelRenamed fact, CancellationToken ct)
    {
        var workspace = await WorkspaceAsync(fact.Workspace, ct);
        await db.Database.ExecuteSqlAsync(
            $"UPDATE registrations SET model = {fact.NewName} WHERE workspace_id = {workspace} AND model = {fact.Model}", ct);
    }

    private Task<int> WorkspaceAsync(string name, CancellationToken ct) =>
        db.Set<WorkspaceRow>().Where(row => row.Name == name).Select(row => row.Id).SingleOrDefaultAsync(ct);
}
