using Microsoft.AspNetCore.Routing;
using MlopsPlane.Mlflow;

namespace MlopsPlane.ExperimentTracker.Experiments;

internal static class ExperimentEndpoints
{
    public static void MapExperimentEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapMlflow(["POST"], "/experiments/create", "tracker.CreateExperiment", CreateExperiment.Handle, schema: CreateExperiment.Schema);
        routes.MapMlflow(["GET"], "/experiments/get", "tracker.GetExperiment", GetExperiment.Handle, schema: GetExperiment.Schema);
        routes.MapMlflow(["GET"], "/experiments/get-by-name", "tracker.GetExperimentByName", GetExperimentByName.Handle, schema: GetExperimentByName.Schema);
        routes.MapMlflow(["POST"], "/experiments/delete", "tracker.DeleteExperiment", ChangeExperimentStage.Delete, schema: ChangeExperimentStage.Schema);
        routes.MapMlflow(["POST"], "/experiments/restore", "tracker.RestoreExperiment", ChangeExperimentStage.Restore, schema: ChangeExperimentStage.Schema);
        routes.MapMlflow(["POST"], "/experiments/update", "tracker.UpdateExperiment", UpdateExperiment.Handle, schema: UpdateExperiment.Schema);
        routes.MapMlflow(["POST"], "/experiments/set-experiment-tag", "tracker.SetExperimentTag", SetExperimentTag.Handle, schema: SetExperimentTag.Schema);
        routes.MapMlflow(["POST"], "/experiments/delete-experiment-tag", "tracker.DeleteExperimentTag", DeleteExperimentTag.Handle, schema: DeleteExperimentTag.Schema);
    }
}
