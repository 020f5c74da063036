using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
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
        // Of every name: what an import finds out and takes over is not bound to the experiment that the request names.
        var import = tracking.MapGroup("/import").Requires(AccessPolicy.Write(ResourceKind.Experiment));
        import.MapPost("/experiments", ImportExperiment.Handle).WithName("tracker.ImportExperiment").ProducesProblem(400).ProducesProblem(409);
        import.MapPost("/runs", ImportRun.Handle).WithName("tracker.ImportRun").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);
        import.MapPost("/runs/{runId}/complete", CompleteImportedRun.Handle).WithName("tracker.CompleteImportedRun").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);
        import.MapPost("/logged-models", ImportLoggedModel.Handle).WithName("tracker.ImportLoggedModel").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);
        tracking.MapGet("/import/runs/{runId}", FindImportedRun.Handle).WithName("tracker.FindImportedRun").Requires(AccessPolicy.Read(ResourceKind.Experiment)).ProducesProblem(400).ProducesProblem(404);
    }
}
