using Microsoft.Extensions.Logging;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Deployments.Desired;

namespace MlopsPlane.InferenceGateway.LocalState;

/// <summary>Reads what is to be served from the database; and from this replica's disk while the database has not answered since the start.</summary>
internal sealed partial class DesiredReader(IDesiredState database, DesiredFile file, InferenceMetrics metrics, TimeProvider clock, ILogger<DesiredReader> logger)
{
    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>After this long without the database what is served is called stale.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    private readonly long startedAt = clock.GetTimestamp();
    private long readAt;
    private bool saidSo;
    private bool unkept;
    private IReadOnlyList<DesiredDeployment>? last;

    /// <summary>Nobody knows whether it is still wanted.</summary>
    public bool IsStale => readAt == 0 ? saidSo : clock.GetElapsedTime(readAt) > Fresh;

    /// <exception cref="Exception">The database does not answer, has not since the start, and nothing is on the disk.</exception>
    public async Task<IReadOnlyList<DesiredDeployment>> ReadAsync(CancellationToken ct)
    {
        metrics.DesiredStateAge = clock.GetElapsedTime(readAt == 0 ? startedAt : readAt).TotalSeconds;
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bound.CancelAfter(readAt == 0 ? FirstPatience : Patience);
        try
        {
            // Not every step of a connection that is being opened looks at the token.
            var desired = await database.ReadAsync(bound.Token).WaitAsync(bound.Token);
            (readAt, metrics.DesiredStateAge) = (clock.GetTimestamp(), 0);
            Keep(desired);
            return last = desired;
        }
        catch (Exception) when (!ct.IsCancellationRequested && last is not null)
        {
            // What is served goes on, and is called stale after a while.
            return last;
        }
        catch (Exception away) when (!ct.IsCancellationRequested && readAt == 0 && file.Read() is { } kept)
        {
            if (!saidSo)
                Log.FromDisk(logger, kept.Count, away.Message);
            saidSo = true;
            return kept;
        }
    }

    private void Keep(IReadOnlyList<DesiredDeployment> desired)
    {
        try
        {
            file.Keep(desired);
            unkept = false;
        }
        catch (Exception full) when (full is IOException or UnauthorizedAccessException)
        {
            if (!unkept)
                Log.NotKept(logger, full.Message);
            unkept = true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "The database does not answer; {Count} deployments are served as this replica knew them: {Reason}")]
        public static partial void FromDisk(ILogger logger, int count, string reason);

        [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "What is to be served cannot be kept on this replica's disk, and would not be known without the database: {Reason}")]
        public static partial void NotKept(ILogger logger, string reason);
    }
}
