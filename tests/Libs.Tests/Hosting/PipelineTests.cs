using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MlopsPlane.Hosting;
using MlopsPlane.Hosting.Startup;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Libs.Tests.Hosting;

public sealed class PipelineTests
{
    [Fact]
    public async Task The_platform_s_own_authorization_stays_out_of_the_pipeline_though_a_library_registers_it()
    {
        var module = new RegisteringModule();
        await using var host = PlaneHost.Build(CommandLine.Parse("--urls", "http://127.0.0.1:0"), new PlaneHostOptions("pipeline", Embedded: false), module);
        await host.StartAsync();
#pragma warning disable RS0030 // Tests make their own clients.
        using var client = new HttpClient();
#pragma warning restore RS0030
        Assert.Equal("here", await client.GetStringAsync(host.Urls.First() + "/way"));
        Assert.False(module.Asked, "The platform's authorization is in the pipeline: it took its provider of policies.");
        await host.StopAsync();
    }

    /// <summary>Registers the platform's authorization, as a library may, and tells whether its middleware took the policies.</summary>
    private sealed class RegisteringModule : IPlaneModule
    {
        public bool Asked { get; private set; }

        public string Name => "way";

        public bool HasApi => false;

        public void AddServices(WebApplicationBuilder builder, ModuleContext context) =>
            builder.Services.AddAuthorization().AddSingleton<IAuthorizationPolicyProvider>(services =>
            {
                Asked = true;
                return new DefaultAuthorizationPolicyProvider(services.GetRequiredService<IOptions<AuthorizationOptions>>());
            });

        public void MapEndpoints(IEndpointRouteBuilder routes) => routes.MapGet("/way", () => "here").WithName("way.Show").Requires(AccessPolicy.Anyone);
    }
}
