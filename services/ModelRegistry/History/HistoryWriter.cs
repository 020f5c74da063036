using System.Globalization;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Contracts.ModelRegistry.V1;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.ModelRegistry.Aliases;
using MlopsPlane.ModelRegistry.Models;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Versions;

namespace MlopsPlane.ModelRegistry.History;

/// <summary>Writes a move down and publishes it, in the transaction that makes it.</summary>
internal static class HistoryWriter
{
    public static Task RecordAliasAsync(
        this RegistryDb db, RegisteredModel model, string alias, int? from, int? to, Change change, TimeProvider clock, CancellationToken ct)
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
        return db.PublishAsync(
            new AliasMoved(change.Workspace, model.Name, alias, from, to, change.Actor, change.Reason, Instant.ToDateTime(change.At)), clock, ct);
    }

    public static Task RecordStageAsync(
        this RegistryDb db, RegisteredModel model, int version, string from, string to, Change change, TimeProvider clock, CancellationToken ct)
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
        return db.PublishAsync(
            new StageChanged(change.Workspace, model.Name, version, from, to, change.Actor, change.Reason, Instant.ToDateTime(change.At)), clock, ct);
    }

    /// <summary>Takes a version out of service: its aliases fall away and its deletion is published.</summary>
    public static async Task RetireAsync(
        this RegistryDb db, RegisteredModel model, ModelVersion version, Change change, TimeProvider clock, CancellationToken ct)
    {
        var aliases = await db.Aliases.Where(alias => alias.ModelKey == model.ModelKey && alias.Version == version.Version)
            .OrderBy(alias => alias.Alias).ToListAsync(ct);
        foreach (var alias in aliases)
        {
            db.Aliases.Remove(alias);
            await db.RecordAliasAsync(model, alias.Alias, alias.Version, null, change, clock, ct);
        }

        await db.PublishAsync(new ModelVersionDeleted(
            change.Workspace, model.Name, version.Version, version.RunId, version.LoggedModelId, Instant.ToDateTime(change.At)), clock, ct);
    }
}
