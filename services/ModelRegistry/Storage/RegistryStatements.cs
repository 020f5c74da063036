using System.Data.Common;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.ModelRegistry.Storage;

/// <summary>Hand-written SQL of the hot paths: one text for both providers, and here what they write differently.</summary>
internal abstract class RegistryStatements(PlaneDatabase database)
{
    public PlaneDatabase Database { get; } = database;

    /// <summary>What keeps LIKE from having an escape character.</summary>
    public abstract string NoEscape { get; }

    /// <summary>What lets a subquery lock its rows and pass over those that somebody else has locked.</summary>
    public abstract string SkipLocked { get; }

    public static RegistryStatements Of(PlaneDatabase database) => database switch
    {
        PostgresDatabase postgres => new PostgresStatements(postgres),
        SqliteDatabase sqlite => new SqliteStatements(sqlite),
        _ => throw new NotSupportedException($"No statements for {database.Provider}."),
    };

    /// <summary>Runs a statement with the parameters <c>$1</c>, <c>$2</c>, ... and hands each row to <paramref name="read"/>.</summary>
    public async Task ReadAsync<TState>(string sql, TState state, Action<DbDataReader, TState> read, CancellationToken ct, params object[] values)
    {
        await using var connection = await Database.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++)
            Bind(command, i + 1, values[i]);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            read(reader, state);
    }

    /// <summary>Makes the command one that selects model_key, version, key, value of the tags of these versions.</summary>
    public abstract void SelectTagsOf(DbCommand command, IReadOnlyList<(long ModelKey, int Version)> versions);

    protected abstract void Bind(DbCommand command, int number, object value);
}

internal static class DataReaderText
{
    /// <summary>Text of a column that may be null.</summary>
    public static string? Text(this DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
