using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.ModelRegistry.Lineage;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Versions;

namespace MlopsPlane.ModelRegistry.Governance;

/// <summary><c>GET .../versions/{version}/lineage</c>: from the datasets over the run to the version.</summary>
internal static class GetLineage
{
    public sealed record Response(
        string Model, int Version, string Source, string StorageLocation, string? LoggedModelId, Run? Run, IReadOnlyList<Dataset> Datasets);

    /// <param name="Status">Null while nothing but its id is known.</param>
    public sealed record Run(
        string RunId, string? ExperimentId, string? RunName, string? Status, long? StartTime, long? EndTime, IReadOnlyDictionary<string, double> Metrics);

    public sealed record Dataset(string Name, string Digest, string SourceType, string? Context);

    public static async Task<Ok<Response>> Handle(
        string model, int version, HttpContext http, RegistryDb db, WorkspaceProjection<RegistryDb> workspaces, CancellationToken ct)
    {
        var found = await db.FindVersionAsync(await workspaces.ResolveAsync(http), model, version, ct);
        var run = string.IsNullOrEmpty(found.RunId) ? null : await RunAsync(db, found, ct);
        var datasets = run is null ? [] : await db.Set<KnownDataset>().AsNoTracking()
            .Where(row => row.WorkspaceId == found.WorkspaceId && row.RunId == found.RunId).OrderBy(row => row.Position)
            .Select(row => new Dataset(row.Name, row.Digest, row.SourceType, row.Context)).ToListAsync(ct);
        return TypedResults.Ok(new Response(model, version, found.Source, found.StorageLocation, found.LoggedModelId, run, datasets));
    }

    private static async Task<Run> RunAsync(RegistryDb db, ModelVersion version, CancellationToken ct)
    {
        var run = await db.Set<KnownRun>().AsNoTracking().SingleOrDefaultAsync(row => row.WorkspaceId == version.WorkspaceId && row.RunId == version.RunId, ct);
        var metrics = await db.Set<KnownMetric>().AsNoTracking().Where(row => row.WorkspaceId == version.WorkspaceId && row.RunId == version.RunId)
            .ToDictionaryAsync(row => row.Key, row => row.Value, StringComparer.Ordinal, ct);
        return new Run(version.RunId!, run?.ExperimentId, run?.RunName, run?.Status, run?.StartTime, run?.EndTime, metrics);
    }
}
