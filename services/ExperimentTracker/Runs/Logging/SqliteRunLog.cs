using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.ExperimentTracker.Runs.Logging;

/// <summary>
/// Requests that wait for the writer's turn are applied together by whoever gets it, in one transaction with one
/// flush to disk, and are acknowledged after it.
/// </summary>
internal sealed class SqliteRunLog(PlaneDatabase database, RunLogMetrics metrics) : RunLog(metrics)
{
    private const int MaxTogether = 256;
    private readonly ConcurrentQueue<Pending> waiting = new();

    protected override async Task<LogOutcome> WriteAsync(int workspaceId, string runId, LogEntries entries, CancellationToken ct)
    {
        var mine = new Pending(workspaceId, runId, entries);
        waiting.Enqueue(mine);
        // Not cancellable: the request is queued, and another one may be applying it already.
        using var turn = await database.EnterWriterAsync(CancellationToken.None);
        while (mine.Outcome is null && mine.Failure is null)
            await ApplyAsync();
        return mine.Outcome ?? throw new IOException("The write could not be stored.", mine.Failure);
    }

    private async Task ApplyAsync()
    {
        var together = new List<Pending>();
        while (together.Count < MaxTogether && waiting.TryDequeue(out var next))
            together.Add(next);
        try
        {
            await using var connection = (SqliteConnection)await database.OpenAsync(CancellationToken.None);
            await using var transaction = connection.BeginTransaction(deferred: false);
            var outcomes = new LogOutcome[together.Count];
            using (var writer = new SqliteLogWriter(connection, transaction))
            {
                for (var i = 0; i < outcomes.Length; i++)
                    outcomes[i] = writer.Apply(together[i].WorkspaceId, together[i].RunId, together[i].Entries);
            }

            transaction.Commit();
            for (var i = 0; i < outcomes.Length; i++)
                together[i].Outcome = outcomes[i];
        }
        catch (Exception failure)
        {
            foreach (var pending in together)
                pending.Failure = failure;
        }
    }

    /// <summary>A request in the queue; its fields are written and read by holders of the writer's turn only.</summary>
    private sealed class Pending(int workspaceId, string runId, LogEntries entries)
    {
        public int WorkspaceId => workspaceId;

        public string RunId => runId;

        public LogEntries Entries => entries;

        public LogOutcome? Outcome { get; set; }

        public Exception? Failure { get; set; }
    }
}
