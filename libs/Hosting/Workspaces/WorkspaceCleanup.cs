using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.Hosting.Workspaces;

/// <summary>Lets the cleaner look for deleted workspaces from time to time.</summary>
internal sealed partial class WorkspaceCleanup<TDb>(IServiceScopeFactory scopes, TimeProvider clock, ILogger<WorkspaceCleanup<TDb>> logger) : BackgroundService
    where TDb : PlaneDb
{
    /// <summary>Far longer than a replica may still remember a deleted workspace.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Interval, clock, stoppingToken);
                await using var scope = scopes.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<WorkspaceCleaner<TDb>>().CleanAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                Log.RoundFailed(logger, failure);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "The rows of deleted workspaces could not be removed; it will be tried again")]
        public static partial void RoundFailed(ILogger logger, Exception failure);
    }
}
