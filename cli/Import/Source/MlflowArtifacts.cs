using System.Runtime.CompilerServices;
using System.Text.Json;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Import.Source;

/// <summary>
/// The artifacts of an MLflow server. Those that it proxies are streamed through its proxy, others through its pages'
/// download, which reads what the server itself can reach.
/// </summary>
internal sealed class MlflowArtifacts(Wire wire)
{
    private const string Proxied = "mlflow-artifacts:";
    private const int MaxDepth = 64;

    /// <summary>Where a proxied artifact is read and written; null when it is not proxied.</summary>
    public static string? ProxyPath(string root, string path)
    {
        if (!root.StartsWith(Proxied, StringComparison.Ordinal) || !Uri.TryCreate(root, UriKind.Absolute, out var uri))
            return null;
        var below = Uri.UnescapeDataString(uri.AbsolutePath).Trim('/');
        return "api/2.0/mlflow-artifacts/artifacts/" + string.Join('/', $"{below}/{path}".Split('/').Select(Uri.EscapeDataString));
    }

    public async IAsyncEnumerable<SourceFile> FilesAsync(ArtifactOwner owner, [EnumeratorCancellation] CancellationToken ct)
    {
        var folders = new Stack<string>([""]);
        while (folders.TryPop(out var folder))
        {
            await foreach (var entry in MlflowSource.Pages(token => ListAsync(owner, folder, token, ct), "files").WithCancellation(ct))
            {
                var path = entry.Text("path") ?? "";
                // What is not below the folder that was asked for would lead round in circles, or out of the run.
                if (path.Length == 0 || !path.StartsWith(folder.Length == 0 ? "" : folder + "/", StringComparison.Ordinal) || path == folder
                    || path.Split('/').Any(part => part is "" or "." or "..") || path.Split('/').Length > MaxDepth)
                    throw new SourceException($"The server names an artifact '{path}' in '{folder}'.");
                if (entry.Flag("is_dir"))
                    folders.Push(path);
                else
                    yield return new SourceFile(path, entry.Number("file_size"));
            }
        }
    }

    public async Task<Stream> OpenAsync(ArtifactOwner owner, string path, CancellationToken ct)
    {
        RefusedException? refused = null;
        if (ProxyPath(owner.Uri, path) is { } proxied)
        {
            try
            {
                return await wire.OpenAsync(proxied, ct);
            }
            catch (RefusedException closed)
            {
                refused = closed;
            }
        }

        try
        {
            return await wire.OpenAsync(owner.IsLoggedModel
                ? Query.Of($"ajax-api/2.0/mlflow/logged-models/{Uri.EscapeDataString(owner.Id)}/artifacts/files", ("artifact_file_path", path))
                : Query.Of("get-artifact", ("run_id", owner.Id), ("run_uuid", owner.Id), ("path", path)), ct);
        }
        catch (RefusedException closed)
        {
            throw new SourceException($"{owner.Uri}: {(refused ?? closed).Error.Message}", closed);
        }
    }

    private async Task<JsonElement> ListAsync(ArtifactOwner owner, string folder, string? token, CancellationToken ct)
    {
        var path = folder.Length == 0 ? null : folder;
        try
        {
            return await wire.GetAsync(owner.IsLoggedModel
                ? Query.Of($"{MlflowSource.Api}logged-models/{Uri.EscapeDataString(owner.Id)}/artifacts/directories", ("artifact_directory_path", path), ("page_token", token))
                : Query.Of(MlflowSource.Api + "artifacts/list", ("run_id", owner.Id), ("run_uuid", owner.Id), ("path", path), ("page_token", token)), ct);
        }
        catch (RefusedException refused)
        {
            throw new SourceException($"{owner.Uri}: {refused.Error.Message}", refused);
        }
    }
}
