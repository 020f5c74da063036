using System.Globalization;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Contracts.ModelRegistry.V1;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.ModelRegistry.Aliases;
using MlopsPlane.ModelRegistry.Models;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Versions;
using MlopsPlane.ModelRegistry.Webhooks.Events;

namespace MlopsPlane.ModelRegistry.History;

/// <summary>Writes a move down and publishes it, in the transaction that makes it.</summary>
internal static class HistoryWriter
{
    public static async Task RecordAliasAsync(
        this RegistryDb db, RegisteredModel model, string alias, int? from, int? to, Change change, WebhookOutbox webhooks, TimeProvider clock,
        CancellationToken ct)
    {
        db.History.Add(new HistoryEntry
        {
            WorkspaceId = model.WorkspaceId,
            ModelKey = model.ModelKey,
            Model = model.Name,
            Kind = HistoryEntry.AliasKind,
            Alias = alias,
            From = from?.ToString(CultureInfo.InvariantCulture),
            To = to?.ToString(CultureInfo.InvariantCulture),
            Actor = change.Actor,
            Reason = change.Reason,
            OccurredAt = change.At,
        });
        await db.PublishAsync(
            new AliasMoved(change.Workspace, model.Name, alias, from, to, change.Actor, change.Reason, Instant.ToDateTime(change.At)), clock, ct);
        var subject = new WebhookSubject(model.WorkspaceId, change.Workspace, model.ModelKey);
        if (to is { } version)
            await webhooks.RecordAsync(WebhookEvents.AliasSet, subject, WebhookData.Of(model.Name, ("alias", alias), ("version", $"{version}")), ct);
        else
            await webhooks.RecordAsync(WebhookEvents.AliasDeleted, subject, WebhookData.Of(model.Name, ("alias", alias)), ct);
    }

    public static async Task RecordStageAsync(
        this RegistryDb db, RegisteredModel model, int version, string from, string to, Change change, WebhookOutbox webhooks, TimeProvider clock,
        CancellationToken ct)
    {
        db.History.Add(new HistoryEntry
        {
            WorkspaceId = model.WorkspaceId,
            ModelKey = model.ModelKey,
            Model = model.Name,
            Kind = HistoryEntry.StageKind,
            Version = version,
            From = from,
            To = to,
            Actor = change.Actor,
            Reason = change.Reason,
            OccurredAt = change.At,
        });
        await db.PublishAsync(
            new StageChanged(change.Workspace, model.Name, version, from, to, change.Actor, change.Reason, Instant.ToDateTime(change.At)), clock, ct);
        await webhooks.RecordAsync(
            WebhookEvents.StageChanged, new(model.WorkspaceId, change.Workspace, model.ModelKey),
            WebhookData.Of(model.Name, version, ("from_stage", from), ("to_stage", to)), ct);
    }

    /// <summary>Takes a version out of service: its aliases fall away and its deletion is published.</summary>
    public static async Task RetireAsync(
        this RegistryDb db, RegisteredModel model, ModelVersion version, Change change, WebhookOutbox webhooks, TimeProvider clock, CancellationToken ct)
    {
        var aliases = await db.Aliases.Where(alias => alias.ModelKey == model.ModelKey && alias.Version == version.Version)
            .OrderBy(alias => alias.Alias).ToListAsync(ct);
        foreach (var alias in aliases)
        {
            db.Aliases.Remove(alias);
            await db.RecordAliasAsync(model, alias.Alias, alias.Version, null, change, webhooks, clock, ct);
        }

        await db.PublishAsync(new ModelVersionDeleted(
            change.Workspace, model.Name, version.Version, version.RunId, version.LoggedModelId, Instant.ToDateTime(change.At)), clock, ct);
        await webhooks.RecordAsync(
            WebhookEvents.VersionDeleted, new(model.WorkspaceId, change.Workspace, model.ModelKey), WebhookData.Of(model.Name, version.Version), ct);
    }
}
