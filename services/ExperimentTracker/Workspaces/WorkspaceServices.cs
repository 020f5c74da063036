using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.Access;
using MlopsPlane.Contracts.Access.V1;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Messaging;

namespace MlopsPlane.ExperimentTracker.Workspaces;

internal static class WorkspaceServices
{
    /// <summary>What the service does about workspaces: projects them, counts and moves their contents, clears up after them.</summary>
    public static IServiceCollection AddWorkspaces(this IServiceCollection services)
    {
        services.AddWorkspaceProjection<TrackerDb>(TrackerModule.ServiceName);
        services.AddSingleton<IWorkspaceMover<TrackerDb>, MoveExperiments>().AddSingleton<IWorkspaceRemover<TrackerDb>, RemoveExperiments>();
        services.AddSingleton<TrackerContents>().AddSingleton<IWorkspaceContents>(provider => provider.GetRequiredService<TrackerContents>());
        return services.AddConsumer<TrackerDb>("tracker.artifacts",
            handlers => handlers.On<WorkspaceDeleted, ReleaseWorkspaceArtifacts>());
    }
}
