using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Artifacts;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Storage.Artifacts;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ExperimentTracker.Artifacts;

/// <summary>
/// Where the caller's grants speak of experiments of some names: judges a place in the store by the experiments that keep
/// their files there. Every experiment in whose folder it lies, and every one whose folder lies in it, must pass; a place
/// that lies in none is refused.
/// </summary>
internal static class ArtifactGate
{
    /// <param name="place">A path from the store's root on.</param>
    /// <exception cref="Primitives.PlaneException">403: the place is not the caller's to use so.</exception>
    public static async Task RequirePlaceAsync(this HttpContext http, ArtifactPath place, CancellationToken ct)
    {
        if (http.NameGate() is not { } gate)
            return;
        var asked = $"the artifact path '{place}'";
        var within = false;
        foreach (var (name, root) in await FoldersAsync(http, place, ct))
        {
            if (root.Contains(place))
                within = true;
            else if (!place.Contains(root))
                continue;
            gate.Require(name, asked);
        }

        if (!within)
            throw gate.Refuse(asked);
    }

    /// <summary>Judges the address at which a new experiment shall keep its files: in the store, only where the caller may write.</summary>
    /// <inheritdoc cref="RequirePlaceAsync"/>
    public static Task RequireLocationAsync(this HttpContext http, string location, CancellationToken ct) =>
        http.NameGate() is not null && ArtifactUri.TryResolve(ArtifactLocation.Append(location, "x"), out var below)
            ? http.RequirePlaceAsync(ArtifactScope.Place(http.Workspace(), below), ct)
            : Task.CompletedTask;

    /// <summary>Folders of the experiments that a place may have to do with: that of its first part's number, and all in unusual places.</summary>
    private static async Task<List<(string Name, ArtifactPath Root)>> FoldersAsync(HttpContext http, ArtifactPath place, CancellationToken ct)
    {
        var (workspace, services) = (http.Workspace(), http.RequestServices);
        var workspaceId = await services.GetRequiredService<WorkspaceProjection<TrackerDb>>().ResolveAsync(http);
        var usual = ArtifactScope.Uri(workspace) + "/";
        var own = ArtifactScope.Place(workspace, ArtifactPath.Root);
        var first = place.Value[own.Value.Length..].TrimStart('/').Split('/', 2)[0];
        var id = long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
        var found = await services.GetRequiredService<TrackerDb>().Set<Experiment>()
            .Where(row => row.WorkspaceId == workspaceId && (row.ExperimentId == id || row.ArtifactLocation != usual + row.ExperimentId))
            .Select(row => new { row.Name, row.ArtifactLocation }).ToListAsync(ct);
        var folders = new List<(string, ArtifactPath)>(found.Count);
        foreach (var experiment in found)
        {
            if (ArtifactUri.TryResolve(experiment.ArtifactLocation, out var path) && ArtifactScope.IsOf(workspace, path))
                folders.Add((experiment.Name, ArtifactScope.Place(workspace, path)));
        }

        return folders;
    }
}
