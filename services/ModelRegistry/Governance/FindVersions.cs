using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.ModelRegistry.Content;
using MlopsPlane.ModelRegistry.Finding;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Versions;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ModelRegistry.Governance;

/// <summary>
/// <c>POST /api/v1/registry/versions/search</c>: versions by tag, by a metric of the run they came from, by digest and by
/// signature; all conditions must hold. Newest first.
/// </summary>
internal static partial class FindVersions
{
    private const int MaxConditions = 20;

    /// <param name="Tags">Tags of the version or of its model.</param>
    /// <param name="Digest">Of the version as a whole or of one of its files, in hex, with or without <c>sha256:</c>.</param>
    public sealed record Request(
        string? Model, IReadOnlyList<TagCondition>? Tags, IReadOnlyList<MetricCondition>? Metrics, string? Digest,
        SignatureCondition? Signature, int? Limit, string? PageToken);

    /// <param name="Value">Null when the tag must only be there.</param>
    public sealed record TagCondition(string Key, string? Value);

    /// <param name="Op">One of <c>= != &lt; &lt;= &gt; &gt;=</c>.</param>
    public sealed record MetricCondition(string Key, string Op, double Value);

    public sealed record SignatureCondition(IReadOnlyList<TensorCondition>? Inputs, IReadOnlyList<TensorCondition>? Outputs, long? Opset, string? Producer);

    /// <param name="Shape">Dimensions joined by commas, as the signature shows them.</param>
    public sealed record TensorCondition(string? Name, string? Type, string? Shape);

    public sealed record Response(IReadOnlyList<Found> Versions, string? NextPageToken);

    public sealed record Found(string Model, int Version, string Stage, string? RunId, string Source, string? Digest, DateTimeOffset CreatedAt);

    public static async Task<Ok<Response>> Handle(
        Request request, HttpContext http, RegistryDb db, WorkspaceProjection<RegistryDb> workspaces, CancellationToken ct)
    {
        var (take, after) = (Paging.Limit(request.Limit), Paging.After(request.PageToken, new Place(long.MaxValue, 0, 0), PlaceJson.Default.Place));
        if ((request.Tags?.Count ?? 0) + (request.Metrics?.Count ?? 0) + (request.Signature?.Inputs?.Count ?? 0) + (request.Signature?.Outputs?.Count ?? 0) > MaxConditions)
            throw PlaneError.Invalid("too_many_conditions", $"A search has at most {MaxConditions} conditions.").ToException();
        var workspaceId = await workspaces.ResolveAsync(http);
        var versions = db.Versions.AsNoTracking().Where(row => row.WorkspaceId == workspaceId && row.CurrentStage != Stage.Deleted)
            .Where(row => row.CreatedAt < after.CreatedAt || (row.CreatedAt == after.CreatedAt
                && (row.ModelKey < after.ModelKey || (row.ModelKey == after.ModelKey && row.Version < after.Version))));
        if (request.Model is { } model)
            versions = versions.Where(row => db.Models.Any(registered => registered.ModelKey == row.ModelKey && registered.Name == model));
        if (http.NameGate() is { } gate)
        {
            var seen = db.Models.Passing(gate, db.Provider);
            versions = versions.Where(row => seen.Any(registered => registered.ModelKey == row.ModelKey));
        }

        foreach (var tag in request.Tags ?? [])
            versions = VersionConditions.Tag(db, versions, tag);
        foreach (var metric in request.Metrics ?? [])
            versions = VersionConditions.Metric(db, versions, metric);
        if (request.Digest is { } digest)
            versions = VersionConditions.Digest(db, versions, digest);
        if (request.Signature is { } signature)
            versions = VersionConditions.Signature(db, versions, signature);
        var rows = await versions.OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.ModelKey).ThenByDescending(row => row.Version).Take(take + 1)
            .Join(db.Models, row => row.ModelKey, registered => registered.ModelKey, (row, registered) => new { row, registered.Name })
            .GroupJoin(db.Set<VersionContent>(), found => new { found.row.ModelKey, found.row.Version }, content => new { content.ModelKey, content.Version },
                (found, contents) => new { found.row, found.Name, contents })
            .SelectMany(found => found.contents.DefaultIfEmpty(), (found, content) => new { found.row, found.Name, Digest = content == null ? null : content.Digest })
            .OrderByDescending(found => found.row.CreatedAt).ThenByDescending(found => found.row.ModelKey).ThenByDescending(found => found.row.Version)
            .ToListAsync(ct);
        var next = rows.Count > take ? PlaceOf(rows[take - 1].row) : null;
        return TypedResults.Ok(new Response(
            [.. rows.Take(take).Select(found => new Found(
                found.Name, found.row.Version, found.row.CurrentStage, string.IsNullOrEmpty(found.row.RunId) ? null : found.row.RunId,
                found.row.Source, found.Digest, Instant.ToDateTime(found.row.CreatedAt)))],
            next));
    }

    private static string PlaceOf(ModelVersion last) =>
        OpaqueToken.Encode(new Place(last.CreatedAt, last.ModelKey, last.Version), PlaceJson.Default.Place);

    /// <summary>The last version of a page; versions of one moment come in the order of their keys.</summary>
    internal sealed record Place(long CreatedAt, long ModelKey, int Version);

    [JsonSerializable(typeof(Place))]
    private sealed partial class PlaceJson : JsonSerializerContext;
}
