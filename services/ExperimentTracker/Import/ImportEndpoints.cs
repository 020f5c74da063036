using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Import;

/// <summary>
/// What MLflow's API cannot do and a move from another server needs: ids and times of the caller's choice. Metrics,
/// params, datasets and artifacts then come through MLflow's own endpoints, whose repetitions change nothing.
/// </summary>
internal static class ImportEndpoints
{
    public static void MapImportEndpoints(this IEndpointRouteBuilder tracking)
    {
        var import = tracking.MapGroup("/import").Requires(ExperimentPolicies.Write);
        import.MapPost("/experiments", ImportExperiment.Handle).WithName("tracker.ImportExperiment").ProducesProblem(400).ProducesProblem(409);
        import.MapPost("/runs", ImportRun.Handle).WithName("tracker.ImportRun").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);
        import.MapPost("/runs/{runId}/complete", CompleteImportedRun.Handle).WithName("tracker.CompleteImportedRun").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);
        import.MapPost("/logged-models", ImportLoggedModel.Handle).WithName("tracker.ImportLoggedModel").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);
        tracking.MapGet("/import/runs/{runId}", FindImportedRun.Handle).WithName("tracker.FindImportedRun").Requires(ExperimentPolicies.Read).ProducesProblem(400).ProducesProblem(404);
    }
}
