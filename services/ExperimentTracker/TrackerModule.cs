using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ExperimentTracker.Artifacts;
using MlopsPlane.ExperimentTracker.Datasets;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Graphql;
using MlopsPlane.ExperimentTracker.LoggedModels;
using MlopsPlane.ExperimentTracker.Metrics;
using MlopsPlane.ExperimentTracker.Registrations;
using MlopsPlane.ExperimentTracker.Retention;
using MlopsPlane.ExperimentTracker.Runs;
using MlopsPlane.ExperimentTracker.Search;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.ExperimentTracker.Unsupported;
using MlopsPlane.ExperimentTracker.Workspaces;
using MlopsPlane.Hosting;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Messaging;
using MlopsPlane.Mlflow;
using MlopsPlane.Mlflow.OpenApi;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Web.OpenApi;

namespace MlopsPlane.ExperimentTracker;

/// <summary>The service as a host sees it.</summary>
public sealed class TrackerModule : IPlaneModule
{
    public const string ServiceName = "tracker";

    public string Name => ServiceName;

    public void AddServices(WebApplicationBuilder builder, ModuleContext context)
    {
        var services = builder.Services;
        services.AddMlflowProtocol();
        services.AddOpenApi(ServiceName, options =>
        {
            options.Describe(ServiceName, "MlopsPlane experiment tracker");
            options.DescribeMlflow();
        });
        services.AddPlaneDb<TrackerDb, SqliteTrackerDb, PostgresTrackerDb>(ServiceName);
        services.AddOutbox<TrackerDb>(ServiceName, context.DispatchInProcess);
        services.AddArtifacts();
        services.AddWorkspaces();
        services.AddSingleton<IWorkspaceInitializer<TrackerDb>, DefaultExperiment>();
        services.AddRuns();
        services.AddMetricHistories();
        services.AddRegistrations();
        services.AddRetention();
        services.AddSearch();
        services.AddLoggedModels();
        services.AddGraphql();
    }

    public void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapArtifactEndpoints();
        routes.MapExperimentEndpoints();
        routes.MapRunEndpoints();
        routes.MapMetricEndpoints();
        routes.MapDatasetEndpoints();
        routes.MapTrackingEndpoints();
        routes.MapSearchEndpoints();
        routes.MapLoggedModelEndpoints();
        routes.MapGraphqlEndpoint();
        routes.MapUnsupportedEndpoints();
    }
}
