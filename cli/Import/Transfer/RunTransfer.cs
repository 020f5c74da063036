using System.Text.Json.Nodes;
using MlopsPlane.Cli.Import.Source;
using MlopsPlane.Cli.Import.Verify;

namespace MlopsPlane.Cli.Import.Transfer;

/// <summary>Brings one run over: its record, histories, datasets and artifacts, then its end; and reads all of it back.</summary>
internal sealed class RunTransfer(
    ISource source, Destination destination, ImportOptions options, StateFile state, ParentRuns parents, ArtifactTransfer artifacts, ImportReport report,
    ImportProgress progress)
{
    /// <summary>A run that was sent, or had been.</summary>
    /// <param name="Id">Its id at the source.</param>
    /// <param name="Expected">What is to be found here.</param>
    public sealed record Sent(string Id, ImportedRun Here, string ExperimentId, Tally Expected);

    /// <param name="experimentId">Of its experiment here.</param>
    /// <returns>Null when it could not be sent, which the report tells.</returns>
    public async Task<Sent?> SendAsync(SourceRun run, string experimentId, CancellationToken ct)
    {
        try
        {
            return await BringAsync(run, experimentId, ct);
        }
        catch (RefusedException refused)
        {
            report.Failed($"run {run.Id}", refused.Error.Message);
        }
        catch (SourceException broken)
        {
            report.Failed($"run {run.Id}", broken.Message);
        }
        finally
        {
            progress.Run();
        }

        return null;
    }

    /// <summary>Reads runs of one experiment back, a page of them at a time, and compares each.</summary>
    public async Task VerifyAsync(IReadOnlyCollection<Sent> sent, ParallelOptions parallel)
    {
        foreach (var page in sent.GroupBy(run => run.ExperimentId).SelectMany(runs => runs.Chunk(MlflowSource.MaxRunPage)))
        {
            var found = await destination.Reader.FindRunsAsync(page[0].ExperimentId, [.. page.Select(run => run.Here.Id)], parallel.CancellationToken);
            var byId = found.ToDictionary(run => run.Id, StringComparer.Ordinal);
            await Parallel.ForEachAsync(page, parallel, async (run, ct) =>
                report.Compare($"run {run.Id}", run.Expected, await ReadBackAsync(run.Id, byId.GetValueOrDefault(run.Here.Id), ct)));
        }
    }

    private async Task<Sent> BringAsync(SourceRun run, string experimentId, CancellationToken ct)
    {
        var tags = await parents.MapAsync(run, experimentId, ct);
        var expected = new Tally();
        Canonical.Run(expected, run.Id, run, tags);
        var fingerprint = Fingerprint(expected, run);
        var here = state.Knows(run.Id, fingerprint) ? await destination.FindRunAsync(run.Id, ct) : null;
        var send = here is null;
        here ??= await destination.ImportRunAsync(run, experimentId, tags, ct);
        if (here.Id != run.Id)
            report.Replaced("runs", run.Id, here.Id);
        await ParamsAndHistoriesAsync(run, here, send, expected, ct);
        if (send)
            await InputsAsync(run, here, ct);
        if (options.Artifacts)
            await artifacts.CopyAsync(run.Artifacts, new ArtifactOwner(here.Id, here.ArtifactUri, IsLoggedModel: false), $"run {run.Id}", send, expected, ct);
        if (send)
        {
            await destination.CompleteRunAsync(run, ct);
            await state.DoneAsync(run.Id, fingerprint, ct);
        }

        return new Sent(run.Id, here, here.ExperimentId, expected);
    }

    private async Task ParamsAndHistoriesAsync(SourceRun run, ImportedRun here, bool send, Tally expected, CancellationToken ct)
    {
        var batch = new LogBatch(destination, here.Id);
        if (send)
        {
            foreach (var (key, value) in run.Params)
                await batch.ParamAsync(key, value, ct);
        }

        foreach (var key in run.MetricKeys)
        {
            if (await PointsAsync(run, key, ct) is not { } points)
                continue;
            Canonical.History(expected, run.Id, key, points);
            for (var i = 0; send && i < points.Count; i++)
                await batch.PointAsync(key, points[i], ct);
            progress.Points(points.Count);
        }

        await batch.FlushAsync(ct);
    }

    private async Task<List<HistoryPoint>?> PointsAsync(SourceRun run, string key, CancellationToken ct)
    {
        try
        {
            return await source.HistoryAsync(run, key, ct);
        }
        catch (SourceException broken)
        {
            report.Failed($"metric {key} of run {run.Id}", broken.Message);
            return null;
        }
    }

    private async Task InputsAsync(SourceRun run, ImportedRun here, CancellationToken ct)
    {
        // One by one: a dataset's schema and profile may be megabytes.
        foreach (var dataset in run.Datasets)
            await destination.MlflowAsync("runs/log-inputs", new JsonObject { ["run_id"] = here.Id, ["datasets"] = new JsonArray(dataset.DeepClone()) }, ct);
        if (run.ModelInputs.Count > 0)
            await destination.MlflowAsync("runs/log-inputs", new JsonObject
            {
                ["run_id"] = here.Id, ["models"] = new JsonArray([.. run.ModelInputs.Select(id => (JsonNode)new JsonObject { ["model_id"] = id })]),
            }, ct);
        if (run.ModelOutputs.Count > 0)
            await destination.MlflowAsync("runs/outputs", new JsonObject
            {
                ["run_id"] = here.Id,
                ["models"] = new JsonArray([.. run.ModelOutputs.Select(output => (JsonNode)new JsonObject { ["model_id"] = output.Key, ["step"] = output.Value })]),
            }, ct);
    }

    private async Task<Tally> ReadBackAsync(string id, SourceRun? found, CancellationToken ct)
    {
        var actual = new Tally();
        if (found is null)
            return actual;
        Canonical.Run(actual, id, found, found.Tags);
        foreach (var key in found.MetricKeys)
            Canonical.History(actual, id, key, await destination.Reader.HistoryAsync(found, key, ct));
        if (options.Artifacts)
            await artifacts.ReadBackAsync(found.Artifacts, id, actual, ct);
        return actual;
    }

    /// <summary>Changes with whatever a list of runs shows: a run that was written to since is sent again.</summary>
    private static string Fingerprint(Tally record, SourceRun run)
    {
        var all = new Tally();
        all.Add("fingerprint", [.. record.Kinds.Select(kind => $"{kind.Key} {kind.Value.Count} {kind.Value.Digest}"), .. run.MetricKeys]);
        return all.Of("fingerprint").Digest;
    }
}
