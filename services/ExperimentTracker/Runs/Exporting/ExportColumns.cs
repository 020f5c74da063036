using System.Globalization;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Metrics;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Names;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Runs.Exporting;

/// <summary>Finds the columns of a CSV before its first row is written.</summary>
internal sealed class ExportColumns(TrackerDb db)
{
    private const int MaxColumns = 5000;

    /// <summary>Every key that a run of the experiments has, in byte order.</summary>
    /// <param name="gate">Leaves out experiments that the caller may not read.</param>
    /// <exception cref="PlaneException">400: there are too many for a table.</exception>
    public async Task<ExportedKeys> OfAsync(int workspaceId, IReadOnlyList<long> experimentIds, NameGate? gate, CancellationToken ct)
    {
        var experiments = db.Set<Experiment>().Where(row => row.WorkspaceId == workspaceId && experimentIds.Contains(row.ExperimentId))
            .Passing(row => row.Name, gate, db.Provider.Provider).Select(row => row.ExperimentKey);
        var keys = new ExportedKeys(
            await KeysAsync(db.Set<Param>().Where(row => experiments.Contains(row.ExperimentKey)).Select(row => row.Key), ct),
            await KeysAsync(db.Set<LatestMetric>().Where(row => experiments.Contains(row.ExperimentKey)).Select(row => row.Key), ct),
            await KeysAsync(db.Set<RunTag>().Where(row => experiments.Contains(row.ExperimentKey)).Select(row => row.Key), ct));
        var count = keys.Params.Count + keys.Metrics.Count + keys.Tags.Count;
        return count <= MaxColumns
            ? keys
            : throw PlaneError.Invalid("too_many_columns", string.Create(CultureInfo.InvariantCulture,
                $"The experiments have more than {MaxColumns} different keys; export them as 'ndjson', or fewer experiments at once.")).ToException();
    }

    private static Task<List<string>> KeysAsync(IQueryable<string> keys, CancellationToken ct) =>
        keys.Distinct().OrderBy(key => key).Take(MaxColumns + 1).ToListAsync(ct);
}

internal sealed record ExportedKeys(IReadOnlyList<string> Params, IReadOnlyList<string> Metrics, IReadOnlyList<string> Tags);
