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

    /// <summary>Nobody knows whether it is still wanted.</summary>
    public bool IsStale => readAt == 0 ? saidSo : clock.GetElapsedTime(readAt) > Fresh;

    /// <exception cref="Exception">The database does not answer, and nothing is on the disk or it has answered before.</exception>
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
            file.Keep(desired);
            return desired;
        }
        catch (Exception away) when (!ct.IsCancellationRequested && readAt == 0 && file.Read() is { } kept)
        {
            if (!saidSo)
                Log.FromDisk(logger, kept.Count, away.Message);
            saidSo = true;
            return kept;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "The database does not answer; {Count} deployments are served as this replica knew them: {Reason}")]
        public static partial void FromDisk(ILogger logger, int count, string reason);
    }
}
