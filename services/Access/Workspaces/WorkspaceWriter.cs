using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Access.Audit;
using MlopsPlane.Access.Storage;
using MlopsPlane.Contracts.Access.V1;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.Access.Workspaces;

/// <summary>Makes workspaces, whoever asks for them.</summary>
internal sealed class WorkspaceWriter(
    AccessDb db, TimeProvider clock, [FromKeyedServices(AccessModule.ServiceName)] OutboxSignal signal)
{
    /// <summary>Stores the workspace and announces it; false when the name is taken.</summary>
    public async Task<bool> TryCreateAsync(Origin origin, string name, string? description, string? artifactRoot, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        try
        {
            await db.WriteAsync(async token =>
            {
                db.Add(new Workspace
                {
                    Name = name,
                    Description = description,
                    DefaultArtifactRoot = artifactRoot,
                    CreatedAt = now.ToUnixTimeMilliseconds(),
                });
                // A taken name ends the transaction here, before the event takes a number.
                await db.SaveChangesAsync(token);
                db.Audit.Add(origin.Entry(
                    now.ToUnixTimeMilliseconds(), "workspaces.create", name, name, new { description = Texts.Shown(description), artifactRoot }));
                await db.PublishAsync(new WorkspaceCreated(name, description, now), clock, token);
            }, ct);
        }
        catch (DbUpdateException taken) when (db.Provider.IsDuplicateKey(taken))
        {
            db.ChangeTracker.Clear();
            return false;
        }

        signal.Wake();
        return true;
    }
}
