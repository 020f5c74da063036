using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.OpenApi;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Web.Errors;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Mlflow;

public static class MlflowRoutes
{
    /// <summary>Registers MLflow's error shape once, whichever modules ask for it.</summary>
    public static IServiceCollection AddMlflowProtocol(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IErrorShape, MlflowErrorShape>());
        return services;
    }

    /// <summary>Maps an endpoint under both prefixes: <c>/api/{version}/mlflow</c> for clients, <c>/ajax-api</c> for pages.</summary>
    /// <param name="path">Path after <c>/mlflow</c>, with its leading slash.</param>
    /// <param name="name"><c>module.Operation</c>.</param>
    /// <param name="policy">What it asks of its callers.</param>
    /// <param name="schema">The request's message, for the description of the API.</param>
    public static void MapMlflow(
        this IEndpointRouteBuilder routes, string[] methods, string path, string name, AccessPolicy policy, Delegate handler, string version = "2.0",
        MessageSchema? schema = null)
    {
        routes.MapMethods($"/api/{version}/mlflow{path}", methods, handler).WithName(name).Requires(policy).AsMlflow(path.Split('/')[1], schema);
        routes.MapMethods($"/ajax-api/{version}/mlflow{path}", methods, handler).WithName(name + ".Ajax").Requires(policy).ExcludeFromDescription();
    }
}
