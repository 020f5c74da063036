using Microsoft.AspNetCore.Routing;
using MlopsPlane.Mlflow;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Experiments;

internal static class ExperimentEndpoints
{
    public static void MapExperimentEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapMlflow(["POST"], "/experiments/create", "tracker.CreateExperiment", ExperimentPolicies.Write, CreateExperiment.Handle, schema: CreateExperiment.Schema);
        routes.MapMlflow(["GET"], "/experiments/get", "tracker.GetExperiment", ExperimentPolicies.Read, GetExperiment.Handle, schema: GetExperiment.Schema);
        routes.MapMlflow(["GET"], "/experiments/get-by-name", "tracker.GetExperimentByName", ExperimentPolicies.Read, GetExperimentByName.Handle, schema: GetExperimentByName.Schema);
        routes.MapMlflow(["POST"], "/experiments/delete", "tracker.DeleteExperiment", ExperimentPolicies.Write, ChangeExperimentStage.Delete, schema: ChangeExperimentStage.Schema);
        routes.MapMlflow(["POST"], "/experiments/restore", "tracker.RestoreExperiment", ExperimentPolicies.Write, ChangeExperimentStage.Restore, schema: ChangeExperimentStage.Schema);
        routes.MapMlflow(["POST"], "/experiments/update", "tracker.UpdateExperiment", ExperimentPolicies.Write, UpdateExperiment.Handle, schema: UpdateExperiment.Schema);
        routes.MapMlflow(["POST"], "/experiments/set-experiment-tag", "tracker.SetExperimentTag", ExperimentPolicies.Write, SetExperimentTag.Handle, schema: SetExperimentTag.Schema);
        routes.MapMlflow(["POST"], "/experiments/delete-experiment-tag", "tracker.DeleteExperimentTag", ExperimentPolicies.Write, DeleteExperimentTag.Handle, schema: DeleteExperimentTag.Schema);
    }
}
