using System.Runtime.CompilerServices;
using MlopsPlane.Cli.Import.Source;

namespace MlopsPlane.Cli.Import.Folder;

/// <summary>A folder of MLflow's file store, usually called <c>mlruns</c>.</summary>
/// <param name="broken">Told of what cannot be read, and why.</param>
internal sealed class FolderSource(SafeFolder folder, Action<string, string> broken) : ISource
{
    private const string Trash = ".trash";
    private const string Meta = "meta.yaml";
    private const string Artifacts = "artifacts";

    public string Identity { get; } = new Uri(folder.Root).AbsoluteUri;

    /// <exception cref="CliException">There is no such folder.</exception>
    public static FolderSource Open(string path, Action<string, string> broken) => Directory.Exists(path)
        ? new FolderSource(new SafeFolder(path), broken)
        : throw CliException.Usage($"There is no folder '{path}'.", "SOURCE is an address of an MLflow server (http, https) or the path of an mlruns folder.");

    public async IAsyncEnumerable<SourceExperiment> ExperimentsAsync(bool deletedToo, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var path in ExperimentFolders())
        {
            ct.ThrowIfCancellationRequested();
            if (Try($"experiment {Path.GetFileName(path)}", () => Experiment(path)) is { } experiment && (deletedToo || !experiment.IsDeleted))
                yield return experiment;
        }
    }

    public async IAsyncEnumerable<SourceRun> RunsAsync(string experimentId, bool deletedToo, [EnumeratorCancellation] CancellationToken ct)
    {
        if (FindExperiment(experimentId) is not { } experiment)
            yield break;
        foreach (var name in SafeFolder.Folders(experiment))
        {
            ct.ThrowIfCancellationRequested();
            var path = Path.Combine(experiment, name);
            if (File.Exists(Path.Combine(path, Meta)) && name is not ("models" or "datasets" or "traces")
                && Try($"run {name}", () => Run(path, experimentId)) is { } run && (deletedToo || run.Stage != "deleted"))
                yield return run;
        }
    }

    public Task<SourceRun?> FindRunAsync(string runId, CancellationToken ct)
    {
        var path = FindRun(runId);
        return Task.FromResult(path is null ? null : Try($"run {runId}", () => Run(path, Path.GetFileName(Path.GetDirectoryName(path))!)));
    }

    public Task<List<HistoryPoint>> HistoryAsync(SourceRun run, string key, CancellationToken ct) =>
        FolderRun.HistoryAsync(Path.Combine(FindRun(run.Id) ?? throw new SourceException($"Run {run.Id} is gone."), "metrics", key), ct);

    public async IAsyncEnumerable<SourceFile> FilesAsync(ArtifactOwner owner, [EnumeratorCancellation] CancellationToken ct)
    {
        var root = ArtifactFolder(owner);
        foreach (var file in SafeFolder.Files(root, why => broken($"artifacts of run {owner.Id}", why)))
        {
            ct.ThrowIfCancellationRequested();
            yield return new SourceFile(SafeFolder.Below(root, file), file.Length);
        }
    }

    public Task<Stream> OpenAsync(ArtifactOwner owner, string path, CancellationToken ct) =>
        Task.FromResult<Stream>(SafeFolder.Open(Path.Combine(ArtifactFolder(owner), path)));

    public IAsyncEnumerable<SourceModel> ModelsAsync(CancellationToken ct) => new FolderRegistry(folder, broken).ModelsAsync(ct);

    public Task<List<SourceVersion>> VersionsAsync(string model, CancellationToken ct) => Task.FromResult(new FolderRegistry(folder, broken).Versions(model));

    public async IAsyncEnumerable<SourceLoggedModel> LoggedModelsAsync(string experimentId, [EnumeratorCancellation] CancellationToken ct)
    {
        var count = FindExperiment(experimentId) is { } experiment ? SafeFolder.Folders(Path.Combine(experiment, "models")).Count() : 0;
        if (count > 0)
            broken($"{count} logged models of experiment {experimentId}", "logged models are imported from servers only: serve the folder with mlflow server and import from there");
        yield break;
    }

    public void Dispose()
    {
    }

    private static SourceExperiment Experiment(string path)
    {
        var meta = FlatYaml.Read(Path.Combine(path, Meta));
        return new SourceExperiment(Path.GetFileName(path), meta["name"], meta["lifecycle_stage"] == "deleted" ? "deleted" : "active",
            meta.Number("creation_time"), meta.Number("last_update_time"), FolderRun.Texts(Path.Combine(path, "tags"), _ => { }));
    }

    private SourceRun Run(string path, string experimentId) =>
        FolderRun.Read(path, experimentId, why => broken($"run {Path.GetFileName(path)}", why));

    private IEnumerable<string> ExperimentFolders() => new[] { folder.Root, Path.Combine(folder.Root, Trash) }
        .SelectMany(parent => SafeFolder.Folders(parent).Where(name => name != "models" && name != Trash).Select(name => Path.Combine(parent, name)))
        .Where(path => File.Exists(Path.Combine(path, Meta)));

    private string? FindExperiment(string id) => !SafeFolder.IsName(id) ? null
        : new[] { Path.Combine(folder.Root, id), Path.Combine(folder.Root, Trash, id) }.FirstOrDefault(path => File.Exists(Path.Combine(path, Meta)));

    private string? FindRun(string id) => !SafeFolder.IsName(id) ? null
        : ExperimentFolders().Select(experiment => Path.Combine(experiment, id)).FirstOrDefault(path => File.Exists(Path.Combine(path, Meta)) && new DirectoryInfo(path).LinkTarget is null);

    /// <summary>The run's own folder of artifacts, or the one inside the store that its address names. What lies elsewhere is not followed.</summary>
    private string ArtifactFolder(ArtifactOwner owner)
    {
        var own = Path.Combine(FindRun(owner.Id) ?? throw new SourceException($"Run {owner.Id} is gone."), Artifacts);
        if (Directory.Exists(own))
            return new DirectoryInfo(own).LinkTarget is null ? own : throw new SourceException($"{own} is a link, which is not followed");
        if (LocalPath(owner.Uri) is not { } local)
            throw new SourceException($"they lie at {owner.Uri}, which a folder does not lead to");
        if (local.Length > 0 && !folder.Holds(local))
            throw new SourceException($"they lie at {owner.Uri}, outside of the folder, which is not followed");
        return own;
    }

    private static string? LocalPath(string uri) =>
        !uri.Contains(':', StringComparison.Ordinal) ? uri : Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && parsed.IsFile ? parsed.LocalPath : null;

    private T? Try<T>(string what, Func<T> read) where T : class
    {
        try
        {
            return read();
        }
        catch (SourceException failure)
        {
            broken(what, failure.Message);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            broken(what, failure.Message);
        }

        return null;
    }
}
