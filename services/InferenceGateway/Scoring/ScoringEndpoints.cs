using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.InferenceGateway.OpenInference;
using MlopsPlane.InferenceGateway.Placement;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.InferenceGateway.Scoring;

/// <summary>The protocol of MLflow's scoring server, with a base path for each deployment.</summary>
internal static class ScoringEndpoints
{
    private static readonly AccessPolicy Inferring = AccessPolicy.Infer(ResourceKind.Deployment) with { NameIn = "name" };

    public static void Map(IEndpointRouteBuilder routes, long maxBodyBytes)
    {
        routes.MapGet("/ping", Ping.Server).WithName("inference.Ping").WithTags("scoring").Requires(AccessPolicy.Public).ExcludeFromDescription();
        var deployment = routes.MapGroup("/deployments/{name}").WithTags("scoring").Requires(Inferring);
        deployment.MapPost("/invocations", Invoke.HandleAsync).WithName("inference.Invoke").AnsweredWhereHeld("name", loads: true).WithMetadata(new BodyLimit(maxBodyBytes)).ExcludeFromDescription();
        deployment.MapGet("/ping", Ping.Deployment).WithName("inference.PingDeployment").AnsweredWhereHeld("name", loads: false).ExcludeFromDescription();
        deployment.MapGet("/version", Ping.Version).WithName("inference.DeploymentVersion").AnsweredWhereHeld("name", loads: false).ExcludeFromDescription();
    }
}
