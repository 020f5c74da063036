using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ExperimentTracker.Metrics.Chunks;
using MlopsPlane.ExperimentTracker.Metrics.Sampling;
using MlopsPlane.ExperimentTracker.Metrics.Tailing;
using MlopsPlane.Mlflow;

namespace MlopsPlane.ExperimentTracker.Metrics;

internal static class MetricEndpoints
{
    public static IServiceCollection AddMetricHistories(this IServiceCollection services) =>
        services.AddSingleton<HistoryReader>().AddSingleton<StepSampler>().AddSingleton<HistoryScan>().AddSingleton<TailReader>()
            .AddSingleton<CompactionQueue>().AddSingleton<CompactionMetrics>().AddScoped<Compactor>().AddHostedService<CompactionService>();

    public static void MapMetricEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapMlflow(["GET"], "/metrics/get-history", "tracker.GetMetricHistory", GetMetricHistory.Handle, schema: GetMetricHistory.Schema);
        routes.MapMlflow(["GET"], "/metrics/get-history-bulk", "tracker.GetMetricHistoryBulk", GetMetricHistoryBulk.Handle);
        routes.MapMlflow(["GET"], "/metrics/get-history-bulk-interval", "tracker.GetMetricHistoryBulkInterval", GetMetricHistoryBulkInterval.Handle, schema: GetMetricHistoryBulkInterval.Schema);
    }
}
