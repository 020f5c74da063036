using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.Mlflow;
using MlopsPlane.ModelRegistry.Webhooks.Deliveries;
using MlopsPlane.Web.Guards;

namespace MlopsPlane.ModelRegistry.Webhooks;

internal static class WebhookEndpoints
{
    private const string Base = "/webhooks";
    private const string One = Base + "/{webhookId}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var mlflow = routes.MapGroup("").AddEndpointFilter(CleanTextFilter.JudgeAsync);
        mlflow.MapMlflow(["POST"], Base, "registry.CreateWebhook", CreateWebhook.Handle, schema: CreateWebhook.Schema);
        mlflow.MapMlflow(["GET"], Base, "registry.ListWebhooks", ListWebhooks.Handle, schema: ListWebhooks.Schema);
        mlflow.MapMlflow(["GET"], One, "registry.GetWebhook", GetWebhook.Handle);
        mlflow.MapMlflow(["PATCH"], One, "registry.UpdateWebhook", UpdateWebhook.Handle, schema: UpdateWebhook.Schema);
        mlflow.MapMlflow(["DELETE"], One, "registry.DeleteWebhook", DeleteWebhook.Handle);
        mlflow.MapMlflow(["POST"], One + "/test", "registry.TestWebhook", TestWebhook.Handle, schema: TestWebhook.Schema);
        var log = routes.MapGroup("/api/v1/registry/webhooks/{webhookId}/deliveries").WithTags("webhooks").AddEndpointFilter(CleanTextFilter.JudgeAsync);
        log.MapGet("", ListDeliveries.Handle).WithName("registry.ListDeliveries").ProducesProblem(400).ProducesProblem(404);
        log.MapPost("/{deliveryId}/redeliver", Redeliver.Handle).WithName("registry.Redeliver").ProducesProblem(404).ProducesProblem(409);
    }
}
