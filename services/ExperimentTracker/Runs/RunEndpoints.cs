using Microsoft.AspNetCore.Routing;
using MlopsPlane.ExperimentTracker.Runs.Prompting;
using MlopsPlane.Mlflow;

namespace MlopsPlane.ExperimentTracker.Runs;

internal static class RunEndpoints
{
    public static void MapRunEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapMlflow(["POST"], "/runs/create", "tracker.CreateRun", CreateRun.Handle, schema: CreateRun.Schema);
        routes.MapMlflow(["POST"], "/runs/update", "tracker.UpdateRun", UpdateRun.Handle, schema: UpdateRun.Schema);
        routes.MapMlflow(["GET"], "/runs/get", "tracker.GetRun", GetRun.Handle, schema: GetRun.Schema);
        routes.MapMlflow(["POST"], "/runs/delete", "tracker.DeleteRun", ChangeRunStage.Delete, schema: ChangeRunStage.Schema);
        routes.MapMlflow(["POST"], "/runs/restore", "tracker.RestoreRun", ChangeRunStage.Restore, schema: ChangeRunStage.Schema);
        routes.MapMlflow(["POST"], "/runs/log-metric", "tracker.LogMetric", LogMetric.Handle, schema: LogMetric.Schema);
        routes.MapMlflow(["POST"], "/runs/log-parameter", "tracker.LogParam", LogParam.Handle, schema: LogParam.Schema);
        routes.MapMlflow(["POST"], "/runs/set-tag", "tracker.SetTag", SetTag.Handle, schema: SetTag.Schema);
        routes.MapMlflow(["POST"], "/runs/delete-tag", "tracker.DeleteTag", DeleteTag.Handle, schema: DeleteTag.Schema);
        routes.MapMlflow(["POST"], "/runs/log-batch", "tracker.LogBatch", LogBatch.Handle, schema: LogBatch.Schema);
        routes.MapMlflow(["POST"], "/runs/create-promptlab-run", "tracker.CreatePromptlabRun", CreatePromptlabRun.Handle, schema: PromptMessage.Schema);
        routes.MapMlflow(["POST"], "/runs/log-model", "tracker.LogModel", LogModel.Handle, schema: LogModel.Schema);
    }
}
