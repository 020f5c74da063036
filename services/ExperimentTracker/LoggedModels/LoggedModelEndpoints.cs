using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.LoggedModels.Search;
using MlopsPlane.Mlflow;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.LoggedModels;

internal static class LoggedModelEndpoints
{
    public static IServiceCollection AddLoggedModels(this IServiceCollection services) =>
        services.AddSingleton<LoggedModelSearch>().AddSingleton<LoggedModelFactsReader>();

    public static void MapLoggedModelEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapMlflow(["POST"], "/logged-models", "tracker.CreateLoggedModel", ExperimentPolicies.Write, CreateLoggedModel.Handle, schema: CreateLoggedModel.Schema);
        routes.MapMlflow(["POST"], "/logged-models/search", "tracker.SearchLoggedModels", ExperimentPolicies.Search, SearchLoggedModels.Handle, schema: SearchLoggedModels.Schema);
        routes.MapMlflow(["GET"], "/logged-models/{modelId}", "tracker.GetLoggedModel", ExperimentPolicies.Read, GetLoggedModel.Handle, schema: GetLoggedModel.Schema);
        routes.MapMlflow(["PATCH"], "/logged-models/{modelId}", "tracker.FinalizeLoggedModel", ExperimentPolicies.Write, FinalizeLoggedModel.Handle, schema: FinalizeLoggedModel.Schema);
        routes.MapMlflow(["DELETE"], "/logged-models/{modelId}", "tracker.DeleteLoggedModel", ExperimentPolicies.Write, DeleteLoggedModel.Handle);
        routes.MapMlflow(["PATCH"], "/logged-models/{modelId}/tags", "tracker.SetLoggedModelTags", ExperimentPolicies.Write, SetLoggedModelTags.Handle, schema: SetLoggedModelTags.Schema);
        routes.MapMlflow(["DELETE"], "/logged-models/{modelId}/tags/{**tagKey}", "tracker.DeleteLoggedModelTag", ExperimentPolicies.Write, DeleteLoggedModelTag.Handle);
        routes.MapMlflow(["POST"], "/logged-models/{modelId}/params", "tracker.LogLoggedModelParams", ExperimentPolicies.Write, LogLoggedModelParams.Handle, schema: LogLoggedModelParams.Schema);
    }
}
