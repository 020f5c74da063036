namespace MlopsPlane.Cli.Import.Source;

/// <summary>
/// What an import reads from: another MLflow server, or a folder of MLflow's file store. Lists come page by page, so that
/// none is ever in memory as a whole.
/// </summary>
internal interface ISource : IDisposable
{
    /// <summary>Names the source, the same in every attempt: what has been imported from it is found by this.</summary>
    string Identity { get; }

    IAsyncEnumerable<SourceExperiment> ExperimentsAsync(bool deletedToo, CancellationToken ct);

    /// <summary>An experiment's runs, of a server the oldest first.</summary>
    IAsyncEnumerable<SourceRun> RunsAsync(string experimentId, bool deletedToo, CancellationToken ct);

    /// <summary>A run of any stage; null when there is none.</summary>
    Task<SourceRun?> FindRunAsync(string runId, CancellationToken ct);

    /// <summary>Distinct points of one metric, ordered by time, step and value.</summary>
    Task<List<HistoryPoint>> HistoryAsync(SourceRun run, string key, CancellationToken ct);

    /// <summary>Files of a run or logged model.</summary>
    /// <exception cref="SourceException">The source cannot reach them.</exception>
    IAsyncEnumerable<SourceFile> FilesAsync(ArtifactOwner owner, CancellationToken ct);

    /// <exception cref="SourceException">The source cannot reach it.</exception>
    Task<Stream> OpenAsync(ArtifactOwner owner, string path, CancellationToken ct);

    IAsyncEnumerable<SourceModel> ModelsAsync(CancellationToken ct);

    /// <summary>A model's versions in the order of their numbers.</summary>
    Task<List<SourceVersion>> VersionsAsync(string model, CancellationToken ct);

    IAsyncEnumerable<SourceLoggedModel> LoggedModelsAsync(string experimentId, CancellationToken ct);
}
