using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Import.Source;
using MlopsPlane.Cli.Import.Verify;

namespace MlopsPlane.Cli.Import.Transfer;

/// <summary>Brings logged models over, after the runs that made them.</summary>
internal sealed class LoggedModelTransfer(
    Destination destination, ImportOptions options, ArtifactTransfer artifacts, ImportReport report)
{
    private const int MetricsAtOnce = 500;

    /// <summary>Ids here of those that could not keep theirs.</summary>
    private readonly ConcurrentDictionary<string, string> replaced = new(StringComparer.Ordinal);

    public string IdHere(string id) => replaced.GetValueOrDefault(id, id);

    public async Task TransferAsync(SourceLoggedModel found, string experimentId, CancellationToken ct)
    {
        try
        {
            var (model, runs) = await MappedAsync(found, ct);
            var (id, uri) = await destination.ImportLoggedModelAsync(model, experimentId, ct);
            if (id != model.Id)
            {
                replaced[model.Id] = id;
                report.Replaced("loggedModels", model.Id, id);
                report.Skipped($"logged model {model.Id}", "its id was taken: inputs and outputs of runs name it by the old one");
            }

            await MetricsAsync(model, id, runs, ct);
            var expected = new Tally();
            Canonical.LoggedModel(expected, model.Id, model);
            if (options.Artifacts)
                await artifacts.CopyAsync(model.Artifacts, new ArtifactOwner(id, uri, IsLoggedModel: true), $"logged model {model.Id}", send: true, expected, ct);
            report.Compare($"logged model {model.Id}", expected, await ReadBackAsync(model, id, ct));
        }
        catch (RefusedException refused)
        {
            report.Failed($"logged model {found.Id}", refused.Error.Message);
        }
    }

    private async Task<(SourceLoggedModel Model, HashSet<string> Runs)> MappedAsync(SourceLoggedModel found, CancellationToken ct)
    {
        var ids = found.Metrics.Select(metric => (string?)metric["run_id"] ?? "").Append(found.RunId).Where(id => id.Length > 0).Distinct().ToList();
        var here = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var id in ids)
            here[id] = (await destination.FindRunAsync(id, ct))?.Id ?? "";
        var metrics = new List<JsonNode>();
        foreach (var metric in found.Metrics)
        {
            var copy = metric.DeepClone();
            var run = (string?)metric["run_id"] ?? "";
            if (here.GetValueOrDefault(run, "") is not { Length: > 0 } mapped)
            {
                report.Failed($"metric {(string?)metric["key"]} of logged model {found.Id}", $"its run '{run}' was not imported");
                continue;
            }

            copy["run_id"] = mapped;
            metrics.Add(copy);
        }

        var maker = here.GetValueOrDefault(found.RunId, "");
        return (found with { RunId = maker.Length > 0 ? maker : found.RunId, Metrics = metrics }, [.. here.Values]);
    }

    private async Task MetricsAsync(SourceLoggedModel model, string id, HashSet<string> runs, CancellationToken ct)
    {
        foreach (var run in runs.Where(run => run.Length > 0))
        {
            foreach (var some in model.Metrics.Where(metric => (string?)metric["run_id"] == run).Chunk(MetricsAtOnce))
            {
                var points = some.Select(metric =>
                {
                    var point = metric.DeepClone();
                    point["model_id"] = id;
                    return (JsonNode?)point;
                });
                try
                {
                    await destination.MlflowAsync("runs/log-batch", new JsonObject { ["run_id"] = run, ["metrics"] = new JsonArray([.. points]) }, ct);
                }
                catch (RefusedException refused)
                {
                    report.Failed($"metrics of logged model {model.Id}", refused.Error.Message);
                }
            }
        }
    }

    private async Task<Tally> ReadBackAsync(SourceLoggedModel model, string id, CancellationToken ct)
    {
        var actual = new Tally();
        if (await destination.Reader.FindLoggedModelAsync(id, ct) is not { } found)
            return actual;
        Canonical.LoggedModel(actual, model.Id, found);
        if (options.Artifacts)
            await artifacts.ReadBackAsync(found.Artifacts, model.Id, actual, ct);
        return actual;
    }
}
