using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.Hosting;

namespace MlopsPlane.Pages;

/// <summary>The page at <c>/</c>.</summary>
public sealed class ConsoleModule : IPlaneModule
{
    public string Name => "console";

    public void AddServices(WebApplicationBuilder builder, ModuleContext context)
    {
    }

    public void MapEndpoints(IEndpointRouteBuilder routes) =>
        routes.MapGet("/", () => TypedResults.Stream(
                typeof(ConsoleModule).Assembly.GetManifestResourceStream("MlopsPlane.Pages.wwwroot.index.html")!, "text/html; charset=utf-8"))
            .WithName("console.Index").ExcludeFromDescription();
}
