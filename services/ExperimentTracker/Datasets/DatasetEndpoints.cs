using Microsoft.AspNetCore.Routing;
using MlopsPlane.Mlflow;

namespace MlopsPlane.ExperimentTracker.Datasets;

internal static class DatasetEndpoints
{
    public static void MapDatasetEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapMlflow(["POST"], "/runs/log-inputs", "tracker.LogInputs", LogInputs.Handle);
        routes.MapMlflow(["POST"], "/runs/outputs", "tracker.LogOutputs", LogOutputs.Handle);
        routes.MapMlflow(["POST"], "/experiments/search-datasets", "tracker.SearchDatasets", SearchDatasets.Handle);
    }
}
