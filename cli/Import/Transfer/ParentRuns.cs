using System.Collections.Concurrent;
using MlopsPlane.Cli.Import.Source;

namespace MlopsPlane.Cli.Import.Transfer;

/// <summary>
/// The tag by which a nested run names its parent, with the parent's id here. A parent that has not had its turn yet is
/// made first, so that its id is known; the rest of it comes with its turn.
/// </summary>
internal sealed class ParentRuns(ISource source, Destination destination, ImportOptions options, Func<string, string?> experimentOf)
{
    private const int MaxKnown = 10_000;
    private const int MaxDepth = 20;
    private readonly ConcurrentDictionary<string, string> known = new(StringComparer.Ordinal);

    /// <summary>The run's tags as they are to stand here.</summary>
    public async Task<IReadOnlyDictionary<string, string>> MapAsync(SourceRun run, string experimentId, CancellationToken ct, int depth = 0)
    {
        var tags = new SortedDictionary<string, string>(run.Tags, StringComparer.Ordinal);
        if (run.Name.Length > 0)
            tags[SourceRun.NameTag] = run.Name;
        if (tags.TryGetValue(SourceRun.ParentTag, out var parent) && parent.Length > 0 && parent != run.Id && depth < MaxDepth)
            tags[SourceRun.ParentTag] = await IdAsync(parent, depth, ct);
        return tags;
    }

    private async Task<string> IdAsync(string parent, int depth, CancellationToken ct)
    {
        if (known.TryGetValue(parent, out var id))
            return id;
        id = (await destination.FindRunAsync(parent, ct))?.Id ?? await MakeAsync(parent, depth, ct) ?? parent;
        if (known.Count >= MaxKnown)
            known.Clear();
        known[parent] = id;
        return id;
    }

    /// <returns>Null when the parent is none of those that are imported.</returns>
    private async Task<string?> MakeAsync(string parent, int depth, CancellationToken ct)
    {
        if (await source.FindRunAsync(parent, ct) is not { } run || run.StartTime < options.Since || (run.Stage == "deleted" && !options.DeletedToo)
            || experimentOf(run.ExperimentId) is not { } experimentId)
            return null;
        return (await destination.ImportRunAsync(run, experimentId, await MapAsync(run, experimentId, ct, depth + 1), ct)).Id;
    }
}
