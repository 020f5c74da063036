using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ExperimentTracker.LoggedModels.Search;
using MlopsPlane.Mlflow;

namespace MlopsPlane.ExperimentTracker.LoggedModels;

internal static class LoggedModelEndpoints
{
    public static IServiceCollection AddLoggedModels(this IServiceCollection services) =>
        services.AddSingleton<LoggedModelSearch>().AddSingleton<LoggedModelFactsReader>();

    public static void MapLoggedModelEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapMlflow(["POST"], "/logged-models", "tracker.CreateLoggedModel", CreateLoggedModel.Handle, schema: CreateLoggedModel.Schema);
        routes.MapMlflow(["POST"], "/logged-models/search", "tracker.SearchLoggedModels", SearchLoggedModels.Handle, schema: SearchLoggedModels.Schema);
        routes.MapMlflow(["GET"], "/logged-models/{modelId}", "tracker.GetLoggedModel", GetLoggedModel.Handle, schema: GetLoggedModel.Schema);
        routes.MapMlflow(["PATCH"], "/logged-models/{modelId}", "tracker.FinalizeLoggedModel", FinalizeLoggedModel.Handle, schema: FinalizeLoggedModel.Schema);
        routes.MapMlflow(["DELETE"], "/logged-models/{modelId}", "tracker.DeleteLoggedModel", DeleteLoggedModel.Handle);
        routes.MapMlflow(["PATCH"], "/logged-models/{modelId}/tags", "tracker.SetLoggedModelTags", SetLoggedModelTags.Handle, schema: SetLoggedModelTags.Schema);
        routes.MapMlflow(["DELETE"], "/logged-models/{modelId}/tags/{**tagKey}", "tracker.DeleteLoggedModelTag", DeleteLoggedModelTag.Handle);
        routes.MapMlflow(["POST"], "/logged-models/{modelId}/params", "tracker.LogLoggedModelParams", LogLoggedModelParams.Handle, schema: LogLoggedModelParams.Schema);
    }
}
