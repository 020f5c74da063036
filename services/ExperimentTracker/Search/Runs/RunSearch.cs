using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ExperimentTracker.Search.Sql;
using MlopsPlane.Mlflow.Search;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Search.Runs;

/// <summary>What is searched for.</summary>
/// <param name="Stage">The lifecycle stage of the runs; null for every stage.</param>
/// <param name="Gate">Leaves out experiments that the caller may not read; null when they may read all.</param>
internal sealed record RunQuery(
    int WorkspaceId, IReadOnlyList<long> ExperimentIds, FilterNode? Filter, string? Stage, IReadOnlyList<SearchOrder> Orders, int Limit, string? PageToken,
    NameGate? Gate);

/// <summary>Finds the keys of the runs of a page.</summary>
internal sealed class RunSearch([FromKeyedServices(TrackerModule.ServiceName)] PlaneDatabase database, ExperimentKeys experimentKeys)
{
    public async Task<SearchPage> FindAsync(RunQuery query, CancellationToken ct)
    {
        await using var connection = await database.OpenAdHocAsync(ct);
        var experiments = await experimentKeys.FindAsync(connection, query.WorkspaceId, query.ExperimentIds, query.Gate, ct);
        if (query is { Filter: null, Orders: [{ Entity: SearchEntity.Metric }, ..] })
        {
            // Runs with the metric come first. Where they fill the page, the others need not be looked at. A filter
            // may let few of them through, and then walking the index in its order costs more than sorting the few.
            var page = await FindAsync(connection, query, experiments, onlyWithFirstMetric: true, ct);
            if (page.NextPageToken is not null)
                return page;
        }

        return await FindAsync(connection, query, experiments, onlyWithFirstMetric: false, ct);
    }

    private async Task<SearchPage> FindAsync(
        DbConnection connection, RunQuery query, IReadOnlyList<long> experiments, bool onlyWithFirstMetric, CancellationToken ct)
    {
        var statement = RunStatement.Of(database.Provider, query, experiments, onlyWithFirstMetric);
        if (statement is null)
            return SearchPage.Empty;
        await using var command = statement.Build(connection);
        return await SearchPage.ReadAsync(command, statement.Keys, query.Limit, ct);
    }
}
