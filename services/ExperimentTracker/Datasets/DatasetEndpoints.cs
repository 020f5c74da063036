using Microsoft.AspNetCore.Routing;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.Mlflow;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Datasets;

internal static class DatasetEndpoints
{
    public static void MapDatasetEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapMlflow(["POST"], "/runs/log-inputs", "tracker.LogInputs", ExperimentPolicies.Write, LogInputs.Handle, schema: LogInputs.Schema);
        routes.MapMlflow(["POST"], "/runs/outputs", "tracker.LogOutputs", ExperimentPolicies.Write, LogOutputs.Handle, schema: LogOutputs.Schema);
        routes.MapMlflow(["POST"], "/experiments/search-datasets", "tracker.SearchDatasets", ExperimentPolicies.Search, SearchDatasets.Handle, schema: SearchDatasets.Schema);
    }
}
