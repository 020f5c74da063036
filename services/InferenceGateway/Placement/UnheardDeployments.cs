using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Deployments.Changes;
using MlopsPlane.InferenceGateway.Deployments.Desired;
using MlopsPlane.InferenceGateway.Serving;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Placement;

/// <summary>
/// Names that this replica has not heard of: one that was deployed through another replica within the last second is in
/// the database already, and must not be refused as unknown here.
/// </summary>
internal sealed class UnheardDeployments(IServiceScopeFactory scopes, KnownDeployments known, ServedDeployments served, DeploymentsChanged changed)
{
    /// <summary>How long the database and this replica's next look at it are waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Null when nothing is deployed under the name, or the database cannot say.</summary>
    /// <exception cref="PlaneException">503: it is deployed, and this replica does not get to know it in time.</exception>
    public async Task<DesiredDeployment?> FindAsync(string workspace, string name, CancellationToken ct)
    {
        if (served.IsStale)
            return null;
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bound.CancelAfter(Patience);
        try
        {
            // Not every step of a connection that is being opened looks at the token.
            if (!await ExistsAsync(workspace, name, bound.Token).WaitAsync(bound.Token))
                return null;
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            return null;
        }

        return await HearAsync(workspace, name, bound.Token).WaitAsync(ct);
    }

    private async Task<bool> ExistsAsync(string workspace, string name, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<InferenceDb>();
        return await db.Deployments.Where(deployment => deployment.Name == name)
            .Join(db.Set<WorkspaceRow>().Where(row => row.Name == workspace), deployment => deployment.WorkspaceId, row => row.Id, (_, row) => row.Id).AnyAsync(ct);
    }

    private async Task<DesiredDeployment> HearAsync(string workspace, string name, CancellationToken ct)
    {
        changed.Wake();
        for (; ; )
        {
            // Before the look: what comes between is not missed.
            var next = known.Next;
            if (known.Find(workspace, name) is { } found)
                return found;
            await next.WaitAsync(ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ct.IsCancellationRequested)
                throw PlaneError.Unavailable("model_not_ready", $"The model '{name}' is not ready: it was deployed this moment.").ToException();
        }
    }
}
