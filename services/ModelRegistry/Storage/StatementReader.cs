using System.Data.Common;
using MlopsPlane.Storage.Databases;
using Npgsql;

namespace MlopsPlane.ModelRegistry.Storage;

/// <summary>
/// Runs one hand-written statement that both providers understand. Parameters are <c>$1</c>, <c>$2</c>, ...: positional
/// on PostgreSQL, which then needs no rewriting of the text and prepares the statement by itself.
/// </summary>
internal static class StatementReader
{
    /// <summary>Opens a connection, runs the statement and hands each row to <paramref name="read"/>.</summary>
    public static async Task ReadAsync<TState>(
        this PlaneDatabase database, string sql, TState state, Action<DbDataReader, TState> read, CancellationToken ct, params object[] values)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++)
            command.Parameters.Add(Parameter(database, command, i, values[i]));
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            read(reader, state);
    }

    /// <summary>Text of a column that may be null.</summary>
    public static string? Text(this DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static DbParameter Parameter(PlaneDatabase database, DbCommand command, int index, object value)
    {
        if (database.Provider == DatabaseProvider.Postgres)
            return value switch
            {
                int number => new NpgsqlParameter<int> { TypedValue = number },
                string text => new NpgsqlParameter<string> { TypedValue = text },
                _ => new NpgsqlParameter { Value = value },
            };
        var parameter = command.CreateParameter();
        parameter.ParameterName = $"${index + 1}";
        parameter.Value = value;
        return parameter;
    }
}
