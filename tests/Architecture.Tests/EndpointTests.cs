using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.AllInOne;
using MlopsPlane.Hosting;
using MlopsPlane.Hosting.Startup;

namespace MlopsPlane.Architecture.Tests;

public sealed class EndpointTests : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plane-arch-");
    private readonly Microsoft.AspNetCore.Builder.WebApplication app;

    public EndpointTests() => app = PlaneHost.Build(
        CommandLine.Parse("--data", folder.FullName), new PlaneHostOptions("MlopsPlane", Embedded: true), Product.Modules);

    private IEnumerable<RouteEndpoint> Endpoints =>
        ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();

    [Fact]
    public void Every_endpoint_has_a_unique_name_that_starts_with_its_module()
    {
        var owners = Product.Modules.Select(module => module.Name).Append("plane").ToHashSet(StringComparer.Ordinal);
        var names = Endpoints.Select(endpoint => (endpoint.RoutePattern.RawText, Name: endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName)).ToList();
        Assert.All(names, endpoint => Assert.True(
            endpoint.Name is { } name && owners.Contains(name.Split('.')[0]), $"{endpoint.RawText} is named '{endpoint.Name}'."));
        Assert.Equal(names.Count, names.Select(endpoint => endpoint.Name).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Every_handler_that_waits_can_be_cancelled()
    {
        var deaf = Endpoints.Select(endpoint => (endpoint.RoutePattern.RawText, Handler: endpoint.Metadata.GetMetadata<MethodInfo>()))
            .Where(endpoint => endpoint.Handler is { } handler && typeof(Task).IsAssignableFrom(handler.ReturnType))
            .Where(endpoint => !endpoint.Handler!.GetParameters().Any(parameter =>
                parameter.ParameterType == typeof(CancellationToken) || parameter.ParameterType == typeof(HttpContext)))
            .Select(endpoint => endpoint.RawText);
        Assert.Empty(deaf);
    }

    [Fact]
    public void No_two_endpoints_answer_the_same_method_and_path()
    {
        var keys = Endpoints.SelectMany(endpoint =>
            (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["*"]).Select(method => $"{method} {endpoint.RoutePattern.RawText}"));
        Assert.Empty(keys.GroupBy(key => key, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1).Select(group => group.Key));
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
