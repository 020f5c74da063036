using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Deployments.Api;
using MlopsPlane.InferenceGateway.Deployments.Changes;
using MlopsPlane.InferenceGateway.Deployments.Status;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.InferenceGateway.OpenInference;

/// <summary>Takes a deployment off every replica until somebody loads it again.</summary>
internal sealed class ModelSwitch(IServiceScopeFactory scopes, ChangeSignals signals, TimeProvider clock)
{
    /// <summary>How long a load is waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.1);

    /// <summary>Brings a deployment back, or has what failed tried again, and waits until it answers. One that answers is left alone.</summary>
    /// <exception cref="PlaneException">404: there is no such model. 400: it cannot be loaded; the message says why. 503: it is not loaded in time.</exception>
    public async Task LoadAsync(HttpContext http, string name, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (db, status) = (scope.ServiceProvider.GetRequiredService<InferenceDb>(), scope.ServiceProvider.GetRequiredService<StatusReader>());
        var workspaceId = await scope.ServiceProvider.GetRequiredService<WorkspaceProjection<InferenceDb>>().ResolveAsync(http);
        var generation = (await RequireAsync(db, workspaceId, name, ct)).Generation;
        var began = clock.GetTimestamp();
        if (await PhaseAsync(db, status, workspaceId, name, ct) is (Phase.Suspended or Phase.Failed or Phase.Degraded, _))
        {
            generation = await db.WriteAsync(async token =>
            {
                var deployment = await db.TakeAsync(workspaceId, name, token);
                deployment.Retries++;
                var change = deployment.Suspended ? (ChangeType.Resumed, "Loaded again.") : (ChangeType.Retried, "Tried again.");
                deployment.Suspended = false;
                await db.ChangeAsync(deployment, await db.TargetsOfAsync(deployment, token), new Change(http.Workspace(), change.Item1, change.Item2, http.Actor(), clock.NowMicroseconds()), clock, token);
                return deployment.Generation;
            }, ct);
            signals.Committed();
        }

        for (; ; )
        {
            db.ChangeTracker.Clear();
            var (phase, view) = await PhaseAsync(db, status, workspaceId, name, ct);
            // What replicas said of a generation before does not tell how this one fares.
            var heard = view.Replicas.Any(replica => !replica.Silent && replica.Generation >= generation);
            if (phase is Phase.Ready && heard)
                return;
            if (phase is Phase.Failed && heard)
                throw PlaneError.Invalid("load_failed", $"The model '{name}' cannot be loaded: {Message(view, "LoadFailed")}").ToException();
            if (phase is Phase.Suspended)
                throw PlaneError.Unavailable("model_unloaded", $"The model '{name}' was unloaded meanwhile.").ToException();
            if (clock.GetElapsedTime(began) > Patience)
                throw PlaneError.Unavailable("model_not_ready", $"The model '{name}' is not loaded after {Patience.TotalSeconds} s: {Message(view, "Placed") ?? Message(view, "Progressing")}").ToException();
            await Task.Delay(Pause, clock, ct);
        }
    }

    /// <summary>Takes a deployment off every replica; again and again is the same as once.</summary>
    /// <exception cref="PlaneException">404: there is no such model.</exception>
    public async Task UnloadAsync(HttpContext http, string name, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<InferenceDb>();
        var workspaceId = await scope.ServiceProvider.GetRequiredService<WorkspaceProjection<InferenceDb>>().ResolveAsync(http);
        await RequireAsync(db, workspaceId, name, ct);
        await db.WriteAsync(async token =>
        {
            var deployment = await db.TakeAsync(workspaceId, name, token);
            if (deployment.Suspended)
                return;
            deployment.Suspended = true;
            await db.ChangeAsync(
                deployment, await db.TargetsOfAsync(deployment, token), new Change(http.Workspace(), ChangeType.Suspended, "Unloaded on every replica.", http.Actor(), clock.NowMicroseconds()), clock, token);
        }, ct);
        signals.Committed();
    }

    private static async Task<Deployment> RequireAsync(InferenceDb db, int workspaceId, string name, CancellationToken ct) =>
        await db.Deployments.AsNoTracking().SingleOrDefaultAsync(row => row.WorkspaceId == workspaceId && row.Name == name, ct)
        ?? throw PlaneError.NotFound("model_not_found", $"There is no model '{name}' here: nothing is deployed under this name.").ToException();

    private static async Task<(Phase Phase, StatusView View)> PhaseAsync(InferenceDb db, StatusReader status, int workspaceId, string name, CancellationToken ct)
    {
        var deployment = await RequireAsync(db, workspaceId, name, ct);
        var now = await status.OfAsync(deployment, await db.TargetsOfAsync(deployment, ct), ct);
        return (now.Phase, now.View());
    }

    private static string? Message(StatusView view, string condition) => view.Conditions.FirstOrDefault(one => one.Type == condition)?.Message;
}
