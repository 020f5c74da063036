using Microsoft.EntityFrameworkCore;
using MlopsPlane.ModelRegistry.History;
using MlopsPlane.ModelRegistry.Models;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Webhooks.Events;

namespace MlopsPlane.ModelRegistry.Aliases;

/// <summary>Points an alias elsewhere and writes that down; the model is locked by the caller.</summary>
internal static class AliasMove
{
    /// <summary>The version that the alias points to; null when it does not exist.</summary>
    public static Task<ModelAlias?> FindAliasAsync(this RegistryDb db, RegisteredModel model, string alias, CancellationToken ct) =>
        db.Aliases.SingleOrDefaultAsync(row => row.ModelKey == model.ModelKey && row.Alias == alias, ct);

    public static async Task PointAliasAsync(
        this RegistryDb db, RegisteredModel model, ModelAlias? existing, string alias, int version, Change change, WebhookOutbox webhooks,
        TimeProvider clock, CancellationToken ct)
    {
        var from = existing?.Version;
        if (from == version)
            return;
        if (existing is null)
            db.Aliases.Add(new ModelAlias { ModelKey = model.ModelKey, Alias = alias, Version = version });
        else
            existing.Version = version;
        await db.RecordAliasAsync(model, alias, from, version, change, webhooks, clock, ct);
    }

    public static Task DropAliasAsync(
        this RegistryDb db, RegisteredModel model, ModelAlias existing, Change change, WebhookOutbox webhooks, TimeProvider clock, CancellationToken ct)
    {
        db.Aliases.Remove(existing);
        return db.RecordAliasAsync(model, existing.Alias, existing.Version, null, change, webhooks, clock, ct);
    }
}
