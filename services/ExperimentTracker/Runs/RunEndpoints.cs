using Microsoft.AspNetCore.Routing;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Runs.Prompting;
using MlopsPlane.Mlflow;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Runs;

internal static class RunEndpoints
{
    public static void MapRunEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapMlflow(["POST"], "/runs/create", "tracker.CreateRun", ExperimentPolicies.Write, CreateRun.Handle, schema: CreateRun.Schema);
        routes.MapMlflow(["POST"], "/runs/update", "tracker.UpdateRun", ExperimentPolicies.Write, UpdateRun.Handle, schema: UpdateRun.Schema);
        routes.MapMlflow(["GET"], "/runs/get", "tracker.GetRun", ExperimentPolicies.Read, GetRun.Handle, schema: GetRun.Schema);
        routes.MapMlflow(["POST"], "/runs/delete", "tracker.DeleteRun", ExperimentPolicies.Write, ChangeRunStage.Delete, schema: ChangeRunStage.Schema);
        routes.MapMlflow(["POST"], "/runs/restore", "tracker.RestoreRun", ExperimentPolicies.Write, ChangeRunStage.Restore, schema: ChangeRunStage.Schema);
        routes.MapMlflow(["POST"], "/runs/log-metric", "tracker.LogMetric", ExperimentPolicies.Write, LogMetric.Handle, schema: LogMetric.Schema);
        routes.MapMlflow(["POST"], "/runs/log-parameter", "tracker.LogParam", ExperimentPolicies.Write, LogParam.Handle, schema: LogParam.Schema);
        routes.MapMlflow(["POST"], "/runs/set-tag", "tracker.SetTag", ExperimentPolicies.Write, SetTag.Handle, schema: SetTag.Schema);
        routes.MapMlflow(["POST"], "/runs/delete-tag", "tracker.DeleteTag", ExperimentPolicies.Write, DeleteTag.Handle, schema: DeleteTag.Schema);
        routes.MapMlflow(["POST"], "/runs/log-batch", "tracker.LogBatch", ExperimentPolicies.Write, LogBatch.Handle, schema: LogBatch.Schema);
        routes.MapMlflow(["POST"], "/runs/create-promptlab-run", "tracker.CreatePromptlabRun", ExperimentPolicies.Write, CreatePromptlabRun.Handle, schema: PromptMessage.Schema);
        routes.MapMlflow(["POST"], "/runs/log-model", "tracker.LogModel", ExperimentPolicies.Write, LogModel.Handle, schema: LogModel.Schema);
    }
}
