using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Retention;

internal static class RetentionServices
{
    public static IServiceCollection AddRetention(this IServiceCollection services)
    {
        services.AddSingleton<RetentionSignal>();
        services.AddSingleton<RetentionMetrics>();
        services.AddScoped<Remover>();
        services.AddScoped<Collector>();
        return services.AddHostedService<CollectorService>();
    }

    public static void MapRetentionEndpoints(this IEndpointRouteBuilder tracking)
    {
        tracking.MapDelete("/runs/{runId}", RemoveRun.Handle).WithName("tracker.RemoveRun").Requires(ExperimentPolicies.Write).ProducesProblem(404).ProducesProblem(409);
        tracking.MapDelete("/experiments/{experimentId:long}", RemoveExperiment.Handle).WithName("tracker.RemoveExperiment").Requires(ExperimentPolicies.Write).ProducesProblem(404).ProducesProblem(409);
        tracking.MapGet("/retention", RetentionEndpoint.Get).WithName("tracker.GetRetention").Requires(AccessPolicy.Read(ResourceKind.Experiment));
        tracking.MapPut("/retention", RetentionEndpoint.Put).WithName("tracker.SetRetention").Requires(AccessPolicy.Admin(ResourceKind.Experiment)).ProducesProblem(400);
    }
}
