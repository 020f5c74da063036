using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Metrics.Chunks;
using MlopsPlane.ExperimentTracker.Metrics.Sampling;
using MlopsPlane.ExperimentTracker.Metrics.Tailing;
using MlopsPlane.Mlflow;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Metrics;

internal static class MetricEndpoints
{
    public static IServiceCollection AddMetricHistories(this IServiceCollection services) =>
        services.AddSingleton<HistoryReader>().AddSingleton<StepSampler>().AddSingleton<HistoryScan>().AddSingleton<TailReader>()
            .AddSingleton<CompactionQueue>().AddSingleton<CompactionMetrics>().AddScoped<Compactor>().AddHostedService<CompactionService>();

    public static void MapMetricEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapMlflow(["GET"], "/metrics/get-history", "tracker.GetMetricHistory", ExperimentPolicies.Read, GetMetricHistory.Handle, schema: GetMetricHistory.Schema);
        routes.MapMlflow(["GET"], "/metrics/get-history-bulk", "tracker.GetMetricHistoryBulk", ExperimentPolicies.Read, GetMetricHistoryBulk.Handle);
        routes.MapMlflow(["GET"], "/metrics/get-history-bulk-interval", "tracker.GetMetricHistoryBulkInterval", ExperimentPolicies.Read, GetMetricHistoryBulkInterval.Handle, schema: GetMetricHistoryBulkInterval.Schema);
    }
}
