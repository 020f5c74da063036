using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.ExperimentTracker;
using MlopsPlane.ExperimentTracker.Runs.Exporting;
using MlopsPlane.ExperimentTracker.Runs.Facts;
using MlopsPlane.ExperimentTracker.Runs.Logging;
using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.ExperimentTracker.Runs;

internal static class RunServices
{
    public static IServiceCollection AddRuns(this IServiceCollection services)
    {
        services.AddSingleton<RunReader>();
        services.AddSingleton<RunLogMetrics>();
        services.AddSingleton<RunLog>(provider => provider.GetRequiredKeyedService<PlaneDatabase>(TrackerModule.ServiceName) switch
        {
            PostgresDatabase postgres => ActivatorUtilities.CreateInstance<PostgresRunLog>(provider, postgres),
            var sqlite => ActivatorUtilities.CreateInstance<SqliteRunLog>(provider, sqlite),
        });
        services.AddSingleton<RunFactsPort>();
        services.AddSingleton<IRunFacts>(provider => provider.GetRequiredService<RunFactsPort>());
        services.AddScoped<ExportColumns>();
        return services;
    }
}
