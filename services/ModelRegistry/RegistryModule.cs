using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.Hosting;
using MlopsPlane.Messaging;
using MlopsPlane.Mlflow;
using MlopsPlane.Storage.Databases;

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
        services.AddPlaneDb<RegistryDb, SqliteRegistryDb, PostgresRegistryDb>(ServiceName);
        services.AddOutbox<RegistryDb>(ServiceName, context.DispatchInProcess);
    }

    public void MapEndpoints(IEndpointRouteBuilder routes)
    {
    }
}
