using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MlopsPlane.EdgeGateway.Startup;

/// <summary>Takes a renewed certificate into use without a restart. A pair that does not fit yet is tried again: two files are never replaced at once.</summary>
internal sealed partial class CertificateWatch(CertificateFile file, TimeProvider clock, ILogger<CertificateWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                Refresh();
        }
        catch (OperationCanceledException)
        {
            // The process stops.
        }
    }

    private void Refresh()
    {
        try
        {
            if (file.Refresh())
                Log.Changed(logger, file.Current.TargetCertificate.Subject, file.Current.TargetCertificate.NotAfter);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            Log.Unreadable(logger, fault);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "The certificate {Subject}, good until {NotAfter:O}, is in use")]
        public static partial void Changed(ILogger logger, string subject, DateTime notAfter);

        [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "The changed certificate cannot be read; the old one stays")]
        public static partial void Unreadable(ILogger logger, Exception fault);
    }
}
