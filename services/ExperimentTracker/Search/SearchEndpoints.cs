using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Search.Experiments;
using MlopsPlane.ExperimentTracker.Search.Runs;
using MlopsPlane.ExperimentTracker.Search.Sql;
using MlopsPlane.Mlflow;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Search;

internal static class SearchEndpoints
{
    public static IServiceCollection AddSearch(this IServiceCollection services) =>
        services.AddSingleton<ExperimentKeys>().AddSingleton<RunSearch>().AddSingleton<ExperimentSearch>();

    public static void MapSearchEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapMlflow(["POST"], "/runs/search", "tracker.SearchRuns", ExperimentPolicies.Search, SearchRuns.Handle, schema: SearchRuns.Schema);
        routes.MapMlflow(["GET", "POST"], "/experiments/search", "tracker.SearchExperiments", ExperimentPolicies.Search, SearchExperiments.Handle, schema: SearchExperiments.Schema);
    }
}
