using Microsoft.AspNetCore.Routing;
using MlopsPlane.ExperimentTracker.Runs.Prompting;
using MlopsPlane.Mlflow;

namespace MlopsPlane.ExperimentTracker.Runs;

internal static class RunEndpoints
{
    public static void MapRunEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapMlflow(["POST"], "/runs/create", "tracker.CreateRun", CreateRun.Handle);
        routes.MapMlflow(["POST"], "/runs/update", "tracker.UpdateRun", UpdateRun.Handle);
        routes.MapMlflow(["GET"], "/runs/get", "tracker.GetRun", GetRun.Handle);
        routes.MapMlflow(["POST"], "/runs/delete", "tracker.DeleteRun", ChangeRunStage.Delete);
        routes.MapMlflow(["POST"], "/runs/restore", "tracker.RestoreRun", ChangeRunStage.Restore);
        routes.MapMlflow(["POST"], "/runs/log-metric", "tracker.LogMetric", LogMetric.Handle);
        routes.MapMlflow(["POST"], "/runs/log-parameter", "tracker.LogParam", LogParam.Handle);
        routes.MapMlflow(["POST"], "/runs/set-tag", "tracker.SetTag", SetTag.Handle);
        routes.MapMlflow(["POST"], "/runs/delete-tag", "tracker.DeleteTag", DeleteTag.Handle);
        routes.MapMlflow(["POST"], "/runs/log-batch", "tracker.LogBatch", LogBatch.Handle);
        routes.MapMlflow(["POST"], "/runs/create-promptlab-run", "tracker.CreatePromptlabRun", CreatePromptlabRun.Handle);
        routes.MapMlflow(["POST"], "/runs/log-model", "tracker.LogModel", LogModel.Handle);
    }
}
