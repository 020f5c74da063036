using Microsoft.AspNetCore.Routing;
using MlopsPlane.Mlflow;

namespace MlopsPlane.ExperimentTracker.Experiments;

internal static class ExperimentEndpoints
{
    public static void MapExperimentEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapMlflow(["POST"], "/experiments/create", "tracker.CreateExperiment", CreateExperiment.Handle);
        routes.MapMlflow(["GET"], "/experiments/get", "tracker.GetExperiment", GetExperiment.Handle);
        routes.MapMlflow(["GET"], "/experiments/get-by-name", "tracker.GetExperimentByName", GetExperimentByName.Handle);
        routes.MapMlflow(["POST"], "/experiments/delete", "tracker.DeleteExperiment", ChangeExperimentStage.Delete);
        routes.MapMlflow(["POST"], "/experiments/restore", "tracker.RestoreExperiment", ChangeExperimentStage.Restore);
        routes.MapMlflow(["POST"], "/experiments/update", "tracker.UpdateExperiment", UpdateExperiment.Handle);
        routes.MapMlflow(["POST"], "/experiments/set-experiment-tag", "tracker.SetExperimentTag", SetExperimentTag.Handle);
        routes.MapMlflow(["POST"], "/experiments/delete-experiment-tag", "tracker.DeleteExperimentTag", DeleteExperimentTag.Handle);
    }
}
