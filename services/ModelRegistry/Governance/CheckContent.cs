using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.ModelRegistry.Content;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.ModelRegistry.Governance;

/// <summary>
/// <c>POST .../versions/{version}/content/check</c>: has the files read again in the background and compared with the
/// digest of the registration; of a version that has none yet it makes one.
/// </summary>
internal static class CheckContent
{
    public static async Task<Accepted<GetContent.Response>> Handle(
        string model, int version, HttpContext http, RegistryDb db, WorkspaceProjection<RegistryDb> workspaces, InspectionSignal signal,
        TimeProvider clock, CancellationToken ct)
    {
        var found = await db.FindVersionAsync(await workspaces.ResolveAsync(http), model, version, ct);
        var now = clock.NowMicroseconds();
        await db.WriteAsync(async token =>
        {
            var content = await db.Set<VersionContent>().SingleOrDefaultAsync(row => row.ModelKey == found.ModelKey && row.Version == version, token);
            if (content is null)
                return;
            (content.DueAt, content.Attempts, content.CheckRequested) = (now, 0, content.Digest is not null);
            if (content.Digest is null)
                content.State = VersionContent.Pending;
        }, ct);
        signal.Wake();
        return TypedResults.Accepted(
            $"{http.Request.PathBase}{http.Request.Path.Value![..^"/check".Length]}", await GetContent.ReadAsync(db, model, found.ModelKey, version, ct));
    }
}
