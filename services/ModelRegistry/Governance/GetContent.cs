using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.ModelRegistry.Content;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.Primitives;

namespace MlopsPlane.ModelRegistry.Governance;

/// <summary><c>GET .../versions/{version}/content</c>: digest and sizes of the version's files, and what the last check found.</summary>
internal static class GetContent
{
    private const int MaxFiles = 10_000;

    /// <param name="State">pending, complete, unavailable or failed.</param>
    /// <param name="Digest">SHA-256 over the lines that <c>sha256sum</c> prints for the files in byte order of their paths.</param>
    /// <param name="Files">The first 10,000 of <paramref name="FileCount"/>.</param>
    public sealed record Response(
        string State, string? Digest, long TotalBytes, int FileCount, IReadOnlyList<File> Files, DateTimeOffset? InspectedAt, string? Reason, Check? LastCheck, bool CheckPending);

    public sealed record File(string Path, long Size, string Sha256);

    /// <param name="Result">intact or changed.</param>
    public sealed record Check(string Result, string? Detail, DateTimeOffset CheckedAt);

    public static async Task<Ok<Response>> Handle(
        string model, int version, HttpContext http, RegistryDb db, WorkspaceProjection<RegistryDb> workspaces, CancellationToken ct)
    {
        var found = await db.FindVersionAsync(await workspaces.ResolveAsync(http), model, version, ct);
        return TypedResults.Ok(await ReadAsync(db, model, found.ModelKey, version, ct));
    }

    public static async Task<Response> ReadAsync(RegistryDb db, string model, long modelKey, int version, CancellationToken ct)
    {
        var content = await db.Set<VersionContent>().AsNoTracking().SingleOrDefaultAsync(row => row.ModelKey == modelKey && row.Version == version, ct)
            ?? throw PlaneError.NotFound("no_content", $"Version {version} of {model} is a prompt and has no files.").ToException();
        var files = await db.Set<VersionFile>().AsNoTracking().Where(row => row.ModelKey == modelKey && row.Version == version)
            .OrderBy(row => row.Number).Take(MaxFiles).Select(row => new File(row.Path, row.Size, row.Sha256)).ToListAsync(ct);
        var check = content is { CheckResult: { } result, CheckedAt: { } checkedAt } ? new Check(result, content.CheckDetail, Instant.ToDateTime(checkedAt)) : null;
        return new(
            content.State, content.Digest, content.TotalBytes, content.FileCount, files,
            content.InspectedAt is { } at ? Instant.ToDateTime(at) : null, content.Reason, check, content.CheckRequested);
    }
}
