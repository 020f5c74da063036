using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.Access;
using MlopsPlane.Contracts.ModelRegistry.V1;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.InferenceGateway.Deployments.Api;
using MlopsPlane.InferenceGateway.Deployments.Changes;
using MlopsPlane.InferenceGateway.Deployments.Desired;
using MlopsPlane.InferenceGateway.Deployments.Following;
using MlopsPlane.InferenceGateway.Deployments.Observed;
using MlopsPlane.InferenceGateway.Deployments.Status;
using MlopsPlane.InferenceGateway.Deployments.Targets;
using MlopsPlane.InferenceGateway.Deployments.Upkeep;
using MlopsPlane.InferenceGateway.Deployments.Workspaces;
using MlopsPlane.InferenceGateway.Placement;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.Messaging;

namespace MlopsPlane.InferenceGateway.Deployments;

internal static class DeploymentServices
{
    /// <summary>What is to be served, and how it is: the API, the follower of the registry, and what replicas read and tell.</summary>
    public static IServiceCollection AddDeployments(this IServiceCollection services)
    {
        services.AddConsumer<InferenceDb>(InferenceModule.ServiceName, handlers => handlers
            .On<AliasMoved, FollowRegistry>().On<ModelRenamed, FollowRegistry>().On<ModelVersionDeleted, FollowRegistry>());
        services.AddSingleton<IWorkspaceMover<InferenceDb>, MoveDeployments>().AddSingleton<IWorkspaceRemover<InferenceDb>, RemoveDeployments>();
        services.AddSingleton<InferenceContents>().AddSingleton<IWorkspaceContents>(provider => provider.GetRequiredService<InferenceContents>());
        services.AddSingleton<DeploymentsChanged>().AddSingleton<TargetsResolved>().AddSingleton<PlacementNeeded>().AddSingleton<ChangeSignals>().AddSingleton<DeploymentMetrics>();
        services.AddSingleton<IDesiredState, DesiredState>().AddSingleton<IObservedState, ObservedState>().AddSingleton<TargetResolver>();
        services.AddScoped<StatusReader>().AddScoped<TargetCheck>().AddScoped<DeploymentCleaner>();
        services.AddHostedService<ChangeWatch>();
        services.AddHostedService<DeploymentUpkeep>();
        services.AddHostedService<PlacementLeader>();
        return services;
    }

    /// <summary>The deployments' endpoints.</summary>
    public static void MapDeployments(this IEndpointRouteBuilder routes)
    {
        DeploymentEndpoints.Map(routes);
        InferenceContents.Map(routes);
    }
}
