using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Names;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.InferenceGateway.Deployments.Status;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.InferenceGateway.Deployments.Api;

/// <summary><c>GET /api/v1/serving/deployments</c>: deployments by name; only those of a pool, with a model, or in a phase, where asked for.</summary>
internal static class ListDeployments
{
    public sealed record Response(IReadOnlyList<DeploymentView> Deployments, string? NextPageToken);

    /// <param name="pool">Name of a pool.</param>
    /// <param name="model">Name of a registered model that a variant serves.</param>
    /// <param name="state">Pending, Progressing, Ready, Degraded, Failed or Suspended.</param>
    public static async Task<Ok<Response>> Handle(
        string? pool, string? model, string? state, int? limit, string? pageToken, HttpContext http, InferenceDb db, StatusReader status,
        WorkspaceProjection<InferenceDb> workspaces, CancellationToken ct)
    {
        var (take, after, wanted) = (Paging.Limit(limit), Paging.After(pageToken), PhaseOf(state));
        var workspaceId = await workspaces.ResolveAsync(http);
        var rows = db.Deployments.AsNoTracking().Where(row => row.WorkspaceId == workspaceId).Passing(row => row.Name, http.NameGate(), db.Provider.Provider);
        if (pool is not null)
            rows = rows.Where(row => row.Pool == pool);
        if (model is not null)
            rows = rows.Where(row => db.Targets.Any(target => target.DeploymentKey == row.DeploymentKey && target.Model == model));
        var found = new List<DeploymentView>();
        // A phase is known to no table, so that pages are looked through until one is full; a workspace has 1,000 deployments at most.
        for (var more = true; more && found.Count <= take;)
        {
            var last = after;
            var page = await rows.Where(row => string.Compare(row.Name, last) > 0).OrderBy(row => row.Name).Take(take + 1).ToListAsync(ct);
            found.AddRange((await status.OfAsync(page, ct)).Where(one => wanted is null || one.Phase == wanted)
                .Select(one => DeploymentView.Of(one.Deployment, one.Targets, one.Phase)));
            more = page.Count > take;
            after = page.Count > 0 ? page[^1].Name : after;
        }

        var next = found.Count > take ? Paging.Token(found[take - 1].Name) : null;
        return TypedResults.Ok(new Response([.. found.Take(take)], next));
    }

    private static Phase? PhaseOf(string? state)
    {
        if (state is null)
            return null;
        return Enum.GetNames<Phase>().Contains(state, StringComparer.OrdinalIgnoreCase)
            ? Enum.Parse<Phase>(state, ignoreCase: true)
            : throw PlaneError.Invalid("invalid_state", $"'state' must be one of {string.Join(", ", Enum.GetNames<Phase>())}.").ToException();
    }
}
