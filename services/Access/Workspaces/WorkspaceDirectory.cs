using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MlopsPlane.Access.Audit;
using MlopsPlane.Access.Storage;
using MlopsPlane.Contracts.Access;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.Access.Workspaces;

/// <summary>Access's own answer to the other services, without a network.</summary>
internal sealed class WorkspaceDirectory(IServiceScopeFactory scopes, IOptions<WorkspaceOptions> options) : IWorkspaceDirectory
{
    private readonly ConcurrentDictionary<string, bool> known = new(StringComparer.Ordinal) { [WorkspaceName.Default] = true };

    public Task<bool> EnsureAsync(string workspace, CancellationToken ct) =>
        known.ContainsKey(workspace) ? Task.FromResult(true) : LookOrMakeAsync(workspace, ct);

    public async Task<string?> ArtifactRootAsync(string workspace, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<AccessDb>().Set<Workspace>()
            .Where(row => row.Name == workspace).Select(row => row.DefaultArtifactRoot).SingleOrDefaultAsync(ct);
    }

    /// <summary>Drops what is remembered of a deleted workspace.</summary>
    public void Forget(string workspace) => known.TryRemove(workspace, out _);

    private async Task<bool> LookOrMakeAsync(string name, CancellationToken ct)
    {
        if (WorkspaceName.Refusal(name) is not null)
            return false;
        await using var scope = scopes.CreateAsyncScope();
        var exists = await scope.ServiceProvider.GetRequiredService<AccessDb>().Set<Workspace>().AnyAsync(row => row.Name == name, ct);
        if (!exists)
        {
            if (!options.Value.AutoCreate)
                return false;
            // False only says that another request made it at the same moment.
            await scope.ServiceProvider.GetRequiredService<WorkspaceWriter>().TryCreateAsync(Origin.Plane, name, null, null, ct);
        }

        known[name] = true;
        return true;
    }
}
