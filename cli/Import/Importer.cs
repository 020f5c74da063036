using System.Collections.Concurrent;
using System.Text.Json;
using MlopsPlane.Cli.Import.Source;
using MlopsPlane.Cli.Import.Transfer;
using MlopsPlane.Cli.Import.Verify;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Import;

/// <summary>Imports a source: experiments, their runs and logged models, then the registry. Each thing is read back and compared.</summary>
internal sealed class Importer
{
    private readonly ISource source;
    private readonly Destination destination;
    private readonly ImportOptions options;
    private readonly ImportReport report;
    private readonly ImportProgress progress;
    private readonly RunTransfer runs;
    private readonly LoggedModelTransfer loggedModels;
    private readonly ModelTransfer models;

    /// <summary>Ids here of the experiments that were imported.</summary>
    private readonly ConcurrentDictionary<string, string> experiments = new(StringComparer.Ordinal);

    public Importer(ISource source, Destination destination, ImportOptions options, StateFile state, ImportReport report, ImportProgress progress)
    {
        (this.source, this.destination, this.options, this.report, this.progress) = (source, destination, options, report, progress);
        var artifacts = new ArtifactTransfer(source, destination, report, progress);
        var parents = new ParentRuns(source, destination, options, id => experiments.GetValueOrDefault(id));
        runs = new RunTransfer(source, destination, options, state, parents, artifacts, report, progress);
        loggedModels = new LoggedModelTransfer(destination, options, artifacts, report);
        models = new ModelTransfer(source, destination, options, new VersionLocation(source, destination, loggedModels), report);
    }

    public async Task RunAsync(CancellationToken ct)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Parallel, CancellationToken = ct };
        progress.Phase("experiments");
        // All of them before the first run: a run's parent may be in another experiment.
        await foreach (var experiment in source.ExperimentsAsync(options.DeletedToo, ct))
        {
            if (options.TakesExperiment(experiment.Name))
                await PlaceAsync(experiment, ct);
        }

        foreach (var (there, here) in experiments.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            progress.Phase($"experiment {there}");
            await foreach (var page in source.RunsAsync(there, options.DeletedToo, ct).Where(run => run.StartTime >= options.Since).Chunk(MlflowSource.MaxRunPage))
            {
                var sent = new ConcurrentBag<RunTransfer.Sent>();
                await Parallel.ForEachAsync(page, parallel, async (run, token) =>
                {
                    if (await runs.SendAsync(run, here, token) is { } one)
                        sent.Add(one);
                });
                await runs.VerifyAsync(sent, parallel);
            }

            await Parallel.ForEachAsync(source.LoggedModelsAsync(there, ct).Where(model => model.CreationTime >= options.Since), parallel,
                async (model, token) => await loggedModels.TransferAsync(model, here, token));
        }

        progress.Phase("registry");
        await Parallel.ForEachAsync(source.ModelsAsync(ct).Where(model => options.TakesModel(model.Name)), parallel,
            async (model, token) => await models.TransferAsync(model, token));
    }

    private async Task PlaceAsync(SourceExperiment experiment, CancellationToken ct)
    {
        var what = $"experiment {experiment.Name}";
        try
        {
            var answer = await Conflicts.PlaceAsync<object>(what, experiment.Name, " (imported)", options.OnConflict, report,
                async name => await destination.ImportExperimentAsync(experiment, name, ct));
            if (answer is not JsonElement placed)
                return;
            var id = placed.Text("experimentId")!;
            experiments[experiment.Id] = id;
            if (id != experiment.Id)
                report.Replaced("experiments", experiment.Id, id);
            var name = placed.Text("name")!;
            if (name != experiment.Name)
                report.Replaced("experimentNames", experiment.Name, name);
            if (placed.Text("outcome") == "merged")
            {
                report.Skipped(what, "merged into the workspace's Default, whose own times stay");
                return;
            }

            var (expected, actual) = (new Tally(), new Tally());
            Canonical.Experiment(expected, experiment.Id, experiment, name);
            if (await destination.Reader.FindExperimentAsync(id, ct) is { } found)
                Canonical.Experiment(actual, experiment.Id, found, found.Name);
            report.Compare(what, expected, actual);
        }
        catch (RefusedException refused)
        {
            report.Failed(what, refused.Error.Message);
        }
    }
}
