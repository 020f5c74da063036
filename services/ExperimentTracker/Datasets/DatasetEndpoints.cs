using Microsoft.AspNetCore.Routing;
using MlopsPlane.Mlflow;

namespace MlopsPlane.ExperimentTracker.Datasets;

internal static class DatasetEndpoints
{
    public static void MapDatasetEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapMlflow(["POST"], "/runs/log-inputs", "tracker.LogInputs", LogInputs.Handle, schema: LogInputs.Schema);
        routes.MapMlflow(["POST"], "/runs/outputs", "tracker.LogOutputs", LogOutputs.Handle, schema: LogOutputs.Schema);
        routes.MapMlflow(["POST"], "/experiments/search-datasets", "tracker.SearchDatasets", SearchDatasets.Handle, schema: SearchDatasets.Schema);
    }
}
