using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.Mlflow;
using MlopsPlane.ModelRegistry.Webhooks.Deliveries;
using MlopsPlane.Web.Guards;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ModelRegistry.Webhooks;

internal static class WebhookEndpoints
{
    private const string Base = "/webhooks";
    private const string One = Base + "/{webhookId}";

    /// <summary>Where a webhook sends what it tells of is a matter of who runs the workspace.</summary>
    private static readonly AccessPolicy Manage = AccessPolicy.Admin(ResourceKind.Webhook);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var mlflow = routes.MapGroup("").AddEndpointFilter(CleanTextFilter.JudgeAsync);
        mlflow.MapMlflow(["POST"], Base, "registry.CreateWebhook", Manage, CreateWebhook.Handle, schema: CreateWebhook.Schema);
        mlflow.MapMlflow(["GET"], Base, "registry.ListWebhooks", Manage, ListWebhooks.Handle, schema: ListWebhooks.Schema);
        mlflow.MapMlflow(["GET"], One, "registry.GetWebhook", Manage, GetWebhook.Handle);
        mlflow.MapMlflow(["PATCH"], One, "registry.UpdateWebhook", Manage, UpdateWebhook.Handle, schema: UpdateWebhook.Schema);
        mlflow.MapMlflow(["DELETE"], One, "registry.DeleteWebhook", Manage, DeleteWebhook.Handle);
        mlflow.MapMlflow(["POST"], One + "/test", "registry.TestWebhook", Manage, TestWebhook.Handle, schema: TestWebhook.Schema);
        var log = routes.MapGroup("/api/v1/registry/webhooks/{webhookId}/deliveries").WithTags("webhooks").AddEndpointFilter(CleanTextFilter.JudgeAsync);
        log.MapGet("", ListDeliveries.Handle).WithName("registry.ListDeliveries").Requires(Manage).ProducesProblem(400).ProducesProblem(404);
        log.MapPost("/{deliveryId}/redeliver", Redeliver.Handle).WithName("registry.Redeliver").Requires(Manage).ProducesProblem(404).ProducesProblem(409);
    }
}
