using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MlopsPlane.ModelRegistry.Storage;

namespace MlopsPlane.ModelRegistry.Content;

/// <summary>
/// Reads the files of versions that wait for it, in the background: a registration answers at once however large its
/// files are. A replica takes a version by moving its due time, so no two read the same one.
/// </summary>
internal sealed partial class ContentInspector(
    IServiceScopeFactory scopes, InspectionSignal signal, IOptions<RegistryOptions> options, TimeProvider clock,
    InspectionMetrics metrics, ILogger<ContentInspector> logger) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.InspectContent)
            return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var due = await DueAsync(stoppingToken);
                if (due.Count == 0)
                {
                    await signal.WaitAsync(Poll, stoppingToken);
                    continue;
                }

                await Parallel.ForEachAsync(
                    due, new ParallelOptions { MaxDegreeOfParallelism = options.Value.InspectionParallelism, CancellationToken = stoppingToken },
                    InspectAsync);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                metrics.Count("round_failed");
                Log.RoundFailed(logger, failure);
                await PauseAsync(stoppingToken);
            }
        }
    }

    private static async Task PauseAsync(CancellationToken ct)
    {
        try
        {
            await Task.Delay(Poll, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Stopping; the loop's condition ends it.
        }
    }

    private async Task<List<DueVersion>> DueAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RegistryDb>();
        var now = clock.NowMicroseconds();
        return await db.Set<VersionContent>().Where(row => row.DueAt != null && row.DueAt <= now).OrderBy(row => row.DueAt)
            .Take(options.Value.InspectionParallelism * 8).Select(row => new DueVersion(row.ModelKey, row.Version, row.DueAt!.Value)).ToListAsync(ct);
    }

    private async ValueTask InspectAsync(DueVersion due, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var inspection = scope.ServiceProvider.GetRequiredService<VersionInspection>();
        var lease = clock.NowMicroseconds() + ((long)Lease.TotalMilliseconds * 1000);
        if (!await inspection.TakeAsync(due, lease, ct))
            return;
        try
        {
            metrics.Count(await inspection.RunAsync(due, ct));
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            metrics.Count("failed");
            Log.InspectionFailed(logger, failure, due.ModelKey, due.Version);
            await inspection.RecordFailureAsync(due, failure, ct);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "A round of the content inspector failed and will be repeated")]
        public static partial void RoundFailed(ILogger logger, Exception failure);

        [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "The files of model {ModelKey} version {Version} could not be read and will be tried again")]
        public static partial void InspectionFailed(ILogger logger, Exception failure, long modelKey, int version);
    }
}

/// <param name="DueAt">As it was read: another replica that takes the version changes it.</param>
internal sealed record DueVersion(long ModelKey, int Version, long DueAt);
