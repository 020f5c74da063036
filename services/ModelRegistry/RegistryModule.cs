using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.Access;
using MlopsPlane.Contracts.ExperimentTracker.V1;
using MlopsPlane.Contracts.ModelRegistry;
using MlopsPlane.Hosting;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Messaging;
using MlopsPlane.Mlflow;
using MlopsPlane.Mlflow.OpenApi;
using MlopsPlane.ModelRegistry.Aliases;
using MlopsPlane.ModelRegistry.Content;
using MlopsPlane.ModelRegistry.Facts;
using MlopsPlane.ModelRegistry.Governance;
using MlopsPlane.ModelRegistry.Import;
using MlopsPlane.ModelRegistry.Lineage;
using MlopsPlane.ModelRegistry.Models;
using MlopsPlane.ModelRegistry.Sources;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Versions;
using MlopsPlane.ModelRegistry.Webhooks;
using MlopsPlane.ModelRegistry.Workspaces;
using MlopsPlane.Storage.Artifacts;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Web.OpenApi;

namespace MlopsPlane.ModelRegistry;

/// <summary>The service as a host sees it.</summary>
public sealed class RegistryModule : IPlaneModule
{
    public const string ServiceName = "registry";

    public string Name => ServiceName;

    public void AddServices(WebApplicationBuilder builder, ModuleContext context)
    {
        var services = builder.Services;
        services.AddMlflowProtocol();
        services.AddOpenApi(ServiceName, options =>
        {
            options.Describe(ServiceName, "MlopsPlane model registry");
            options.DescribeMlflow();
        });
        services.AddArtifactStore();
        services.AddPlaneDb<RegistryDb, SqliteRegistryDb, PostgresRegistryDb>(ServiceName);
        services.AddOutbox<RegistryDb>(ServiceName, context.DispatchInProcess);
        services.AddConsumer<RegistryDb>(ServiceName, handlers => handlers.On<RunFinished, LearnFromRuns>());
        services.AddWorkspaceProjection<RegistryDb>(ServiceName);
        services.AddSingleton<IWorkspaceMover<RegistryDb>, MoveModels>().AddSingleton<IWorkspaceRemover<RegistryDb>, RemoveModels>();
        services.AddSingleton<ModelFactsPort>().AddSingleton<IModelFacts>(provider => provider.GetRequiredService<ModelFactsPort>());
        services.AddSingleton<RegistryContents>().AddSingleton<IWorkspaceContents>(provider => provider.GetRequiredService<RegistryContents>());
        services.AddOptions<RegistryOptions>().BindConfiguration("Registry").ValidateDataAnnotations()
            .Validate(options => SourceGuard.IsPattern(options.SourcePattern), "Registry:SourcePattern must be a regular expression.")
            .ValidateOnStart();
        services.AddSingleton(provider => RegistryStatements.Of(provider.GetRequiredKeyedService<PlaneDatabase>(ServiceName)));
        services.AddSingleton<ModelReader>().AddSingleton<ModelSearch>().AddScoped<ModelBatchReader>();
        services.AddSingleton<VersionReader>().AddSingleton<VersionSearch>().AddSingleton<VersionTagReader>();
        services.AddSingleton<SourceGuard>().AddSingleton<SourceResolver>();
        services.AddSingleton<InspectionSignal>().AddSingleton<InspectionMetrics>().AddSingleton<ContentReader>();
        services.AddScoped<VersionInspection>().AddScoped<RunLearner>();
        services.AddHostedService<ContentInspector>();
        services.AddWebhooks(ownsData: context.DispatchInProcess);
    }

    public void MapEndpoints(IEndpointRouteBuilder routes)
    {
        ModelEndpoints.Map(routes);
        VersionEndpoints.Map(routes);
        AliasEndpoints.Map(routes);
        GovernanceEndpoints.Map(routes);
        ImportEndpoints.Map(routes);
        RegistryContents.Map(routes);
        FactEndpoints.Map(routes);
        WebhookEndpoints.Map(routes);
    }
}
