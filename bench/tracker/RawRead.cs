using System.Data.Common;
using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.ExperimentTracker.Search.Runs;
using MlopsPlane.Mlflow.Search;
using MlopsPlane.ModelRegistry.Models;
using MlopsPlane.Storage.Databases;
using Npgsql;

namespace MlopsPlane.Bench.Tracker;

/// <summary>The product's own reads, sent by Npgsql; every value of every row is taken, and nothing is made of it.</summary>
internal sealed class RawRead(string databases, TimeSpan duration) : IAsyncDisposable
{
    private const string OfDefault = "(SELECT id FROM workspaces WHERE name = 'default')";
    private static readonly string Everything = RunSql.Everything("= ANY(@keys)");
    private readonly NpgsqlDataSource prepared = RawLoad.Pool(databases, "tracker", prepare: true);
    private readonly NpgsqlDataSource adHoc = RawLoad.Pool(databases, "tracker", prepare: false);
    private readonly NpgsqlDataSource registry = RawLoad.Pool(databases, "registry", prepare: true);

    /// <summary>A search's statement, then the statements that read the runs that it found.</summary>
    public async Task<double> SearchAsync(string experimentId, string? filter, string[] orderBy, int limit)
    {
        var key = await ExperimentKeyAsync(experimentId);
        var query = new RunQuery(
            0, [], SearchGrammar.Runs.ParseFilter(filter), "active", SearchGrammar.Runs.ParseOrders(orderBy), limit, PageToken: null, Gate: null);
        return await RawLoad.DriveAsync(duration, async (_, _) =>
        {
            var keys = new List<long>();
            await using (var connection = await adHoc.OpenConnectionAsync())
            {
                await using var find = RunStatement.Of(DatabaseProvider.Postgres, query, [key], onlyWithFirstMetric: false)!.Build(connection);
                await using var rows = await find.ExecuteReaderAsync();
                while (await rows.ReadAsync())
                    keys.Add((long)Take(rows));
            }

            await using var read = prepared.CreateCommand(Everything);
            read.Parameters.Add(new NpgsqlParameter<long[]>("keys", [.. keys.Take(limit)]));
            await DrainAsync(read);
        });
    }

    public async Task<double> GetModelAsync(string name)
    {
        await using var workspace = registry.CreateCommand("SELECT " + OfDefault);
        var id = (int)(await workspace.ExecuteScalarAsync())!;
        return await RawLoad.DriveAsync(duration, async (_, _) =>
        {
            await using var read = registry.CreateCommand(ModelReader.Sql);
            read.Parameters.Add(new NpgsqlParameter<int> { TypedValue = id });
            read.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
            await DrainAsync(read);
        });
    }

    public async ValueTask DisposeAsync()
    {
        await prepared.DisposeAsync();
        await adHoc.DisposeAsync();
        await registry.DisposeAsync();
    }

    private async Task<long> ExperimentKeyAsync(string experimentId)
    {
        await using var command = adHoc.CreateCommand($"SELECT experiment_key FROM experiments WHERE workspace_id = {OfDefault} AND experiment_id = $1");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = long.Parse(experimentId, System.Globalization.CultureInfo.InvariantCulture) });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task DrainAsync(NpgsqlCommand command)
    {
        await using var rows = await command.ExecuteReaderAsync();
        do
        {
            while (await rows.ReadAsync())
                Take(rows);
        }
        while (await rows.NextResultAsync());
    }

    /// <summary>Reads all columns; the first is the answer.</summary>
    private static object Take(DbDataReader row)
    {
        for (var i = 1; i < row.FieldCount; i++)
        {
            if (row.IsDBNull(i))
                continue;
            var type = row.GetFieldType(i);
            if (type == typeof(string))
                row.GetString(i);
            else if (type == typeof(double))
                row.GetDouble(i);
            else if (type == typeof(bool))
                row.GetBoolean(i);
            else if (type == typeof(int))
                row.GetInt32(i);
            else
                row.GetInt64(i);
        }

        return row.GetFieldType(0) == typeof(int) ? (long)row.GetInt32(0) : row.GetInt64(0);
    }
}
