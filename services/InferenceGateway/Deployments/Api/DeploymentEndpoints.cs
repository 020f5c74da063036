using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.Web.Guards;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.InferenceGateway.Deployments.Api;

/// <summary>What is to be served, and how it is.</summary>
internal static class DeploymentEndpoints
{
    public const string Base = "/api/v1/serving/deployments";

    private const string Replicas = "/api/v1/serving/replicas";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Replicas, ListReplicas.Handle).WithName("inference.ListReplicas").WithTags("deployments").AddEndpointFilter(CleanTextFilter.JudgeAsync)
            .Requires(DeploymentPolicies.Operate).ProducesProblem(400);
        var all = routes.MapGroup(Base).WithTags("deployments").AddEndpointFilter(CleanTextFilter.JudgeAsync);
        all.MapPost("", CreateDeployment.Handle).WithName("inference.CreateDeployment").Requires(DeploymentPolicies.Create)
            .TakesSpec("A deployment, or `{\"model\": \"models:/name@alias\"}` for one variant under the model's own name; other fields may stand beside `model`.", "application/json")
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(415).ProducesProblem(422).ProducesProblem(503);
        all.MapGet("", ListDeployments.Handle).WithName("inference.ListDeployments").Requires(DeploymentPolicies.Search).ProducesProblem(400);
        var one = all.MapGroup("/{name}");
        one.MapGet("", GetDeployment.Handle).WithName("inference.GetDeployment").Requires(DeploymentPolicies.Read).ProducesProblem(404);
        one.MapPatch("", PatchDeployment.Handle).WithName("inference.PatchDeployment").Requires(DeploymentPolicies.Write)
            .TakesSpec("The fields to change, as a JSON merge patch.", "application/merge-patch+json", "application/json")
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(415).ProducesProblem(422).ProducesProblem(503);
        one.MapDelete("", DeleteDeployment.Handle).WithName("inference.DeleteDeployment").Requires(DeploymentPolicies.Write).ProducesProblem(404).ProducesProblem(409);
        one.MapPost("/rollback", RollBackDeployment.Handle).WithName("inference.RollBackDeployment").Requires(DeploymentPolicies.Write)
            .MayTake<RollBackDeployment.Request>().ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(415).ProducesProblem(503);
        one.MapPost("/retry", RetryDeployment.Handle).WithName("inference.RetryDeployment").Requires(DeploymentPolicies.Write)
            .MayTake<RetryDeployment.Request>().ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(415);
        one.MapGet("/status", GetDeploymentStatus.Handle).WithName("inference.GetDeploymentStatus").Requires(DeploymentPolicies.Read).ProducesProblem(404);
        one.MapGet("/events", ListDeploymentEvents.Handle).WithName("inference.ListDeploymentEvents").Requires(DeploymentPolicies.Read)
            .ProducesProblem(400).ProducesProblem(404);
    }
}
