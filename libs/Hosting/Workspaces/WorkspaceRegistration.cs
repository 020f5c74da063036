using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MlopsPlane.Contracts.Access.V1;
using MlopsPlane.Messaging;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.Hosting.Workspaces;

public static class WorkspaceRegistration
{
    /// <summary>Gives a service its projection of the workspaces, and lets it follow their deletion.</summary>
    public static IServiceCollection AddWorkspaceProjection<TDb>(this IServiceCollection services, string service) where TDb : PlaneDb
    {
        services.TryAddSingleton<WorkspaceProjection<TDb>>();
        services.TryAddScoped<WorkspaceCleaner<TDb>>();
        services.AddHostedService<WorkspaceCleanup<TDb>>();
        return services.AddConsumer<TDb>($"{service}.workspaces", handlers => handlers.On<WorkspaceDeleted, RetireWorkspace<TDb>>());
    }
}
