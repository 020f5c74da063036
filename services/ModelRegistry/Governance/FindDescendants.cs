using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.ModelRegistry.Finding;
using MlopsPlane.ModelRegistry.Lineage;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Versions;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ModelRegistry.Governance;

/// <summary><c>GET /api/v1/registry/lineage</c>: the versions that came from a run or from a dataset.</summary>
internal static class FindDescendants
{
    public sealed record Response(IReadOnlyList<Descendant> Versions);

    public sealed record Descendant(string Model, int Version, string RunId);

    public static async Task<Ok<Response>> Handle(
        string? runId, string? dataset, string? digest, int? limit, HttpContext http, RegistryDb db, WorkspaceProjection<RegistryDb> workspaces, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(runId) == string.IsNullOrEmpty(dataset))
            throw PlaneError.Invalid("invalid_origin", "Name either 'runId' or 'dataset' (with or without its 'digest').").ToException();
        var take = Paging.Limit(limit);
        var workspaceId = await workspaces.ResolveAsync(http);
        var versions = db.Versions.AsNoTracking().Where(row => row.WorkspaceId == workspaceId && row.CurrentStage != Stage.Deleted);
        versions = runId is { Length: > 0 }
            ? versions.Where(row => row.RunId == runId)
            : versions.Where(row => db.Set<KnownDataset>().Any(known => known.WorkspaceId == workspaceId && known.RunId == row.RunId
                && known.Name == dataset && (digest == null || known.Digest == digest)));
        var found = await versions.Join(db.Models.Passing(http.NameGate(), db.Provider), row => row.ModelKey, model => model.ModelKey, (row, model) => new { model.Name, row.Version, row.RunId })
            .OrderBy(row => row.Name).ThenBy(row => row.Version).Take(take).ToListAsync(ct);
        return TypedResults.Ok(new Response([.. found.Select(row => new Descendant(row.Name, row.Version, row.RunId!))]));
    }
}
