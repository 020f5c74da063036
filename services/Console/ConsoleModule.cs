using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Hosting;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Pages;

/// <summary>The page at <c>/</c>: what runs here, and the runs, experiments and models that clients print links to.</summary>
public sealed class ConsoleModule : IPlaneModule
{
    public string Name => "console";

    public bool HasApi => false;

    public void AddServices(WebApplicationBuilder builder, ModuleContext context) => builder.Services.AddSingleton(context);

    public void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/", ["GET", "HEAD"], PageFiles.Index).WithName("console.Index").Requires(AccessPolicy.Anyone).ExcludeFromDescription();
        routes.MapGet("/ui/about", About.Handle).WithName("console.About").Requires(AccessPolicy.Anyone).ExcludeFromDescription();
        routes.MapGet("/ui/{**file}", PageFiles.Asset).WithName("console.Asset").Requires(AccessPolicy.Anyone).ExcludeFromDescription();
    }
}
