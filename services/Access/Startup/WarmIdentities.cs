using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Access.Startup;

/// <summary>
/// Asks itself once, before the process is ready, what the edge will ask: the first question of a process costs a
/// second on a busy machine, and every client of a new edge waits for it.
/// </summary>
internal sealed partial class WarmIdentities(IIdentitySource source, ILogger<WarmIdentities> logger) : IHostedService
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(Limit);
        try
        {
            await source.VersionAsync(bound.Token);
            await source.FindByKeyAsync(hash: "", bound.Token);
            await source.FindMemberAsync("nobody", [], bound.Token);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // Readiness tells that the database is away; this is no reason not to start.
            Log.Failed(logger, failure);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Identities could not be read at start")]
        public static partial void Failed(ILogger logger, Exception failure);
    }
}
