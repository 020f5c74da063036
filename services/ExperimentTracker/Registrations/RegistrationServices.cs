using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.ModelRegistry.V1;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Messaging;

namespace MlopsPlane.ExperimentTracker.Registrations;

internal static class RegistrationServices
{
    public static IServiceCollection AddRegistrations(this IServiceCollection services) =>
        services.AddConsumer<TrackerDb>("tracker.registrations", handlers => handlers
            .On<ModelVersionCreated, LearnRegistrations>()
            .On<ModelVersionDeleted, LearnRegistrations>()
            .On<ModelRenamed, LearnRegistrations>());
}
