using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Messaging;
using MlopsPlane.ModelRegistry.Aliases;
using MlopsPlane.ModelRegistry.Content;
using MlopsPlane.ModelRegistry.History;
using MlopsPlane.ModelRegistry.Lineage;
using MlopsPlane.ModelRegistry.Models;
using MlopsPlane.ModelRegistry.Versions;
using MlopsPlane.ModelRegistry.Webhooks;
using MlopsPlane.ModelRegistry.Webhooks.Deliveries;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.ModelRegistry.Storage;

/// <summary>The service's tables; one subclass a provider.</summary>
public abstract class RegistryDb(DbContextOptions options, PlaneDatabase provider) : PlaneDb(options, provider)
{
    public DbSet<RegisteredModel> Models => Set<RegisteredModel>();

    public DbSet<ModelTag> ModelTags => Set<ModelTag>();

    public DbSet<ModelVersion> Versions => Set<ModelVersion>();

    public DbSet<VersionTag> VersionTags => Set<VersionTag>();

    public DbSet<ModelAlias> Aliases => Set<ModelAlias>();

    /// <summary>Only added to.</summary>
    public DbSet<HistoryEntry> History => Set<HistoryEntry>();

    public DbSet<Webhook> Webhooks => Set<Webhook>();

    public DbSet<WebhookDelivery> Deliveries => Set<WebhookDelivery>();

    protected override void BuildModel(ModelBuilder model)
    {
        model.AddMessaging();
        WorkspaceRow.Map(model);
        RegisteredModelMap.Apply(model);
        ModelVersionMap.Apply(model);
        ModelAlias.Map(model);
        HistoryEntry.Map(model);
        ContentMap.Apply(model);
        LineageMap.Apply(model);
        WebhookMap.Apply(model);
    }
}
