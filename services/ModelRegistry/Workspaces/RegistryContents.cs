using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.Access;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.ModelRegistry.Storage;

namespace MlopsPlane.ModelRegistry.Workspaces;

/// <summary>The registered models of a workspace, which hold it against a deletion.</summary>
internal sealed class RegistryContents(IServiceScopeFactory scopes) : IWorkspaceContents
{
    public async Task<IReadOnlyList<WorkspaceResource>> CountAsync(string workspace, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RegistryDb>();
        var count = await db.Models.LongCountAsync(
            model => db.Set<WorkspaceRow>().Any(row => row.Id == model.WorkspaceId && row.Name == workspace), ct);
        return count == 0 ? [] : [new WorkspaceResource("registered_models", count)];
    }
}
