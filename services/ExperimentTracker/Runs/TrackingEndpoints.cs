using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Import;
using MlopsPlane.ExperimentTracker.Metrics.Sampling;
using MlopsPlane.ExperimentTracker.Metrics.Tailing;
using MlopsPlane.ExperimentTracker.Registrations;
using MlopsPlane.ExperimentTracker.Retention;
using MlopsPlane.ExperimentTracker.Runs.Comparing;
using MlopsPlane.ExperimentTracker.Runs.Exporting;
using MlopsPlane.ExperimentTracker.Runs.Facts;
using MlopsPlane.Web.Guards;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Runs;

/// <summary>What the tracker can do beyond MLflow's API.</summary>
internal static class TrackingEndpoints
{
    public static void MapTrackingEndpoints(this IEndpointRouteBuilder routes)
    {
        var tracking = routes.MapGroup("/api/v1/tracking").WithTags("tracking").AddEndpointFilter(CleanTextFilter.JudgeAsync);
        tracking.MapFactEndpoints();
        tracking.MapRetentionEndpoints();
        tracking.MapImportEndpoints();
        tracking.MapGet("/runs/compare", CompareRuns.Handle).WithName("tracker.CompareRuns").Requires(ExperimentPolicies.Read).ProducesProblem(400).ProducesProblem(404);
        tracking.MapGet("/runs/export", ExportRuns.Handle).WithName("tracker.ExportRuns").Requires(ExperimentPolicies.Search).ProducesProblem(400);
        tracking.MapGet("/runs/{runId}/registrations", ListRunRegistrations.Handle).WithName("tracker.ListRunRegistrations").Requires(ExperimentPolicies.Read).ProducesProblem(404);
        tracking.MapGet("/runs/{runId}/histories", GetHistories.Handle).WithName("tracker.GetHistories").Requires(ExperimentPolicies.Read).Produces<GetHistories.Response>().ProducesProblem(400).ProducesProblem(404);
        tracking.MapGet("/runs/{runId}/metrics/tail", TailMetrics.Handle).WithName("tracker.TailMetrics").Requires(ExperimentPolicies.Read).ProducesProblem(404);
    }
}
