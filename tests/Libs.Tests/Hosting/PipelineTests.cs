using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Hosting;
using MlopsPlane.Hosting.Startup;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Libs.Tests.Hosting;

public sealed class PipelineTests
{
    [Fact]
    public async Task The_platform_s_own_authorization_stays_out_of_the_pipeline_though_a_library_registers_it()
    {
        await using var host = PlaneHost.Build(CommandLine.Parse("--urls", "http://127.0.0.1:0"), new PlaneHostOptions("pipeline", Embedded: false), new WayModule());
        await host.StartAsync();
#pragma warning disable RS0030 // Tests make their own clients.
        using var client = new HttpClient();
#pragma warning restore RS0030
        var way = await client.GetStringAsync(host.Urls.First() + "/way");
        Assert.Contains(typeof(AuthorizationMiddleware).FullName!, way, StringComparison.Ordinal);
        Assert.DoesNotContain("Microsoft.AspNetCore.Authorization", way, StringComparison.Ordinal);
        await host.StopAsync();
    }

    /// <summary>Tells through what a request came to it.</summary>
    private sealed class WayModule : IPlaneModule
    {
        public string Name => "way";

        public bool HasApi => false;

        public void AddServices(WebApplicationBuilder builder, ModuleContext context) => builder.Services.AddAuthorization();

        public void MapEndpoints(IEndpointRouteBuilder routes) => routes.MapGet(
            "/way", () => Environment.StackTrace).WithName("way.Show").Requires(AccessPolicy.Anyone);
    }
}
