using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ExperimentTracker.Runs.Logging;
using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.ExperimentTracker.Runs;

internal static class RunServices
{
    public static IServiceCollection AddRuns(this IServiceCollection services)
    {
        services.AddSingleton<RunReader>();
        services.AddSingleton<RunLog>(provider => provider.GetRequiredKeyedService<PlaneDatabase>(TrackerModule.ServiceName) switch
        {
            PostgresDatabase postgres => new PostgresRunLog(postgres),
            var sqlite => new SqliteRunLog(sqlite),
        });
        return services;
    }
}
