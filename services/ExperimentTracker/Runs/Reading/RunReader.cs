using System.Data.Common;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.ExperimentTracker.Runs.Reading;

/// <summary>Reads whole runs, one or a page of them, with one command for all of their parts.</summary>
internal sealed class RunReader([FromKeyedServices(TrackerModule.ServiceName)] PlaneDatabase database)
{
    private const string TheRun = "= (SELECT run_key FROM runs WHERE workspace_id = @workspace AND run_id = @run)";
    private static readonly string OneRun = RunSql.Everything(TheRun);
    private readonly string manyRuns = RunSql.Everything(
        database.Provider == DatabaseProvider.Postgres ? "= ANY(@keys)" : "IN (SELECT value FROM json_each(@keys))");

    /// <summary>A run of any lifecycle stage; null when the workspace has no such run.</summary>
    public async Task<FullRun?> FindAsync(int workspaceId, string runId, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return await FindAsync(connection, transaction: null, workspaceId, runId, ct);
    }

    /// <summary>
    /// The run as the open transaction sees it, on that transaction's own connection: a second one, taken while the
    /// first is held, would let writers exhaust the pool and wait for each other.
    /// </summary>
    public static Task<FullRun?> FindAsync(TrackerDb db, int workspaceId, string runId, CancellationToken ct) =>
        FindAsync(db.Database.GetDbConnection(), db.Database.CurrentTransaction?.GetDbTransaction(), workspaceId, runId, ct);

    /// <summary>The runs of these keys, in the order of the keys; a key that is gone is left out.</summary>
    public async Task<IReadOnlyList<FullRun>> ReadAsync(IReadOnlyList<long> runKeys, CancellationToken ct)
    {
        if (runKeys.Count == 0)
            return [];
        await using var connection = await database.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = manyRuns;
        SqlParameters.Add(command, "keys", database.Provider == DatabaseProvider.Postgres ? runKeys.ToArray() : JsonSerializer.Serialize(runKeys));
        var found = await ReadAsync(command, runKeys.Count, ct);
        var runs = new List<FullRun>(runKeys.Count);
        foreach (var key in runKeys)
        {
            if (found.TryGetValue(key, out var run))
                runs.Add(run);
        }

        return runs;
    }

    private static async Task<FullRun?> FindAsync(
        DbConnection connection, DbTransaction? transaction, int workspaceId, string runId, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = OneRun;
        SqlParameters.Add(command, "workspace", workspaceId);
        SqlParameters.Add(command, "run", runId);
        var runs = await ReadAsync(command, capacity: 1, ct);
        return runs.Values.SingleOrDefault();
    }

    private static async Task<Dictionary<long, FullRun>> ReadAsync(DbCommand command, int capacity, CancellationToken ct)
    {
        var runs = new Dictionary<long, FullRun>(capacity);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var info = RunSql.Info(reader);
            runs.Add(info.RunKey, new FullRun(info));
        }

        await EachAsync(reader, runs, static (run, row) => run.Metrics.Add(RunSql.Metric(row)), ct);
        await EachAsync(reader, runs, static (run, row) => run.Params.Add(new(row.GetString(1), row.GetString(2))), ct);
        await EachAsync(reader, runs, static (run, row) => run.Tags.Add(new(row.GetString(1), row.GetString(2))), ct);
        foreach (var run in runs.Values)
            run.Order();
        await DatasetsAsync(reader, runs, ct);
        await EachAsync(reader, runs, static (run, row) => run.ModelInputs.Add(row.GetString(1)), ct);
        await EachAsync(reader, runs, static (run, row) => run.ModelOutputs.Add(new(row.GetString(1), row.GetInt64(2))), ct);
        return runs;
    }

    /// <summary>Rows lead with their run's key; a row of a run that was made after the first statement is passed over.</summary>
    private static async Task EachAsync(
        DbDataReader reader, Dictionary<long, FullRun> runs, Action<FullRun, DbDataReader> add, CancellationToken ct)
    {
        await reader.NextResultAsync(ct);
        FullRun? run = null;
        while (await reader.ReadAsync(ct))
        {
            // An index brings a run's rows one after the other.
            var key = reader.GetInt64(0);
            if (run?.Info.RunKey == key || runs.TryGetValue(key, out run))
                add(run, reader);
        }
    }

    private static async Task DatasetsAsync(DbDataReader reader, Dictionary<long, FullRun> runs, CancellationToken ct)
    {
        var uses = new Dictionary<long, DatasetUse>();
        await EachAsync(reader, runs, (run, row) =>
        {
            var use = RunSql.Dataset(row);
            uses.Add(row.GetInt64(1), use);
            run.Datasets.Add(use);
        }, ct);
        await EachAsync(reader, runs, (_, row) =>
        {
            if (uses.TryGetValue(row.GetInt64(1), out var use))
                use.Tags.Add(new(row.GetString(2), row.GetString(3)));
        }, ct);
    }
}
