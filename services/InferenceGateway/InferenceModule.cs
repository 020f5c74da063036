using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Hosting;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.ModelStore;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.Messaging;
using MlopsPlane.Storage.Artifacts;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Web.OpenApi;

namespace MlopsPlane.InferenceGateway;

/// <summary>The service as a host sees it.</summary>
public sealed class InferenceModule : IPlaneModule
{
    public const string ServiceName = "inference";

    public string Name => ServiceName;

    public bool SpeaksGrpc => true;

    public void AddServices(WebApplicationBuilder builder, ModuleContext context)
    {
        var services = builder.Services;
        services.AddOpenApi(ServiceName, options => options.Describe(ServiceName, "MlopsPlane inference"));
        services.AddArtifactStore(servesWithoutIt: true);
        services.AddPlaneDb<InferenceDb, SqliteInferenceDb, PostgresInferenceDb>(ServiceName, servesWithoutIt: true);
        services.AddOutbox<InferenceDb>(ServiceName, context.DispatchInProcess);
        services.AddSampleChannel(context.DispatchInProcess);
        services.AddWorkspaceProjection<InferenceDb>(ServiceName);
        services.AddDeployments();
        services.AddServing();
        services.AddModelStore();
    }

    public void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapDeployments();
        routes.MapProtocols();
    }
}
