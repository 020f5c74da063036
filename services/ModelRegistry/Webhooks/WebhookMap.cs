using Microsoft.EntityFrameworkCore;
using MlopsPlane.ModelRegistry.Webhooks.Deliveries;

namespace MlopsPlane.ModelRegistry.Webhooks;

internal static class WebhookMap
{
    public static void Apply(ModelBuilder model)
    {
        model.Entity<Webhook>(webhook =>
        {
            webhook.ToTable("webhooks");
            webhook.HasKey(row => row.WebhookId);
            webhook.HasIndex(row => new { row.WorkspaceId, row.CreatedAt });
        });
        model.Entity<WebhookDelivery>(delivery =>
        {
            delivery.ToTable("webhook_deliveries");
            delivery.HasKey(row => row.Position);
            delivery.HasIndex(row => row.DeliveryId).IsUnique();
            delivery.HasIndex(row => new { row.WebhookId, row.Position });
            delivery.HasIndex(row => new { row.WebhookId, row.DueAt, row.Position }).HasFilter("due_at IS NOT NULL");
            delivery.HasIndex(row => row.FinishedAt).HasFilter("finished_at IS NOT NULL");
            delivery.HasOne<Webhook>().WithMany().HasForeignKey(row => row.WebhookId).OnDelete(DeleteBehavior.Cascade);
        });
    }
}
