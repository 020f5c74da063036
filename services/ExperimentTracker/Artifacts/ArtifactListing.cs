using Microsoft.AspNetCore.Http;
using MlopsPlane.Hosting.Artifacts;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Storage.Artifacts;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ExperimentTracker.Artifacts;

/// <summary>Writes what lies in a folder as MLflow's <c>files</c>.</summary>
internal static class ArtifactListing
{
    /// <param name="folder">Folder as the workspace sees it.</param>
    /// <param name="shown">What the answered paths begin with.</param>
    /// <param name="rootUri">The root that the answered paths count from, where the message carries it.</param>
    public static async Task WriteAsync(
        HttpContext http, IArtifactStore store, ArtifactPath folder, ArtifactPath shown, string? rootUri, CancellationToken ct)
    {
        var place = ArtifactScope.Place(http.Workspace(), folder);
        var entries = (await store.ListAsync(place, ct)).Where(entry => ArtifactScope.Shows(place, entry)).ToList();
        await MlflowResponse.WriteAsync(http, (entries, shown, rootUri), static (writer, answer) =>
        {
            writer.WriteOptional("root_uri", answer.rootUri);
            if (answer.entries.Count == 0)
                return;
            writer.WriteStartArray("files");
            foreach (var entry in answer.entries)
            {
                writer.WriteStartObject();
                writer.WriteString("path", answer.shown.IsRoot ? entry.Name : $"{answer.shown}/{entry.Name}");
                writer.WriteBoolean("is_dir", entry.IsFolder);
                writer.WriteOptional("file_size", entry.Size);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        });
    }
}
