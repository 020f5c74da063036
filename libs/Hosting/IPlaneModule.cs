using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace MlopsPlane.Hosting;

/// <summary>A whole service as a host sees it: its only door.</summary>
public interface IPlaneModule
{
    /// <summary>Short lower-case name: database, consumer, endpoint names and meters carry it.</summary>
    string Name { get; }

    /// <summary>It describes an API of its own in an OpenAPI document of its name.</summary>
    bool HasApi => true;

    /// <summary>It answers gRPC, which needs an address of its own.</summary>
    bool SpeaksGrpc => false;

    void AddServices(WebApplicationBuilder builder, ModuleContext context);

    void MapEndpoints(IEndpointRouteBuilder routes);
}

/// <summary>What a module may know of the host that it runs in.</summary>
/// <param name="Modules">Names of all modules of this process, its own among them.</param>
/// <param name="DispatchInProcess">Events are carried inside this process, because every service lives in it.</param>
public sealed record ModuleContext(IReadOnlySet<string> Modules, bool DispatchInProcess);
