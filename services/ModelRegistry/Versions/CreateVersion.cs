using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.ModelRegistry.V1;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Mlflow.Rules;
using MlopsPlane.ModelRegistry.Content;
using MlopsPlane.ModelRegistry.Models;
using MlopsPlane.ModelRegistry.Sources;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Tags;
using MlopsPlane.ModelRegistry.Webhooks.Events;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ModelRegistry.Versions;

internal static class CreateVersion
{
    internal static readonly MessageSchema Schema = new(
        Field.String("name", Check.Required, Check.String),
        Field.String("source", Check.Required, Check.String),
        Field.String("run_id", Check.String),
        Field.Messages("tags", TagMessage.Schema, Check.Array),
        Field.String("run_link", Check.String),
        Field.String("description", Check.String),
        Field.String("model_id", Check.String));

    private const int MaxIdLength = 256;

    /// <summary>How long an answer waits for the tracker to note the registration on its logged model.</summary>
    private static readonly TimeSpan Comfort = TimeSpan.FromSeconds(2);

    public static async Task Handle(
        HttpContext http, RegistryDb db, SourceGuard guard, SourceResolver resolver, WorkspaceProjection<RegistryDb> workspaces,
        TimeProvider clock, InspectionSignal inspections, WebhookOutbox webhooks, [FromKeyedServices(RegistryModule.ServiceName)] OutboxSignal signal, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var source = request.String("source")!;
        var (runId, modelId) = (request.String("run_id") ?? "", request.String("model_id") ?? "");
        KeyRules.CheckLength(runId, MaxIdLength, "run_id");
        KeyRules.CheckLength(modelId, MaxIdLength, "model_id");
        var workspace = http.Workspace();
        SourcePermission.Require(http.Caller(), workspace, source, runId, modelId);
        // A prompt has no files; its source is a word.
        var isPrompt = request.Messages("tags", TagMessage.Schema).Any(tag => tag.String("key") == TagRules.IsPrompt);
        await guard.CheckAsync(workspace, source, runId, modelId, isPrompt, ct);
        var name = ModelName.Check(request.String("name"));
        var tags = TagMessage.Read(request, TagRules.CheckVersionTag);
        var workspaceId = await workspaces.ResolveAsync(http);
        var origin = await resolver.ResolveAsync(workspace, workspaceId, source, runId, isPrompt ? "" : modelId, ct);
        var created = await db.WriteAsync(async token =>
        {
            var version = await AddAsync(db, workspaceId, name, source, origin, clock.NowMicroseconds(), token);
            (version.RunLink, version.Description) = (request.String("run_link") ?? "", request.String("description") ?? "");
            db.VersionTags.AddRange(tags.Select(tag => new VersionTag
            {
                ModelKey = version.ModelKey,
                Version = version.Version,
                Key = tag.Key,
                Value = tag.Value,
            }));
            if (!isPrompt)
                db.Add(VersionContent.Awaiting(version));
            await db.PublishAsync(new ModelVersionCreated(
                workspace, name, version.Version, source, NullIfEmpty(origin.RunId), version.LoggedModelId,
                Instant.ToDateTime(version.CreatedAt)), clock, token);
            await webhooks.RecordAsync(
                WebhookEvents.VersionCreated, new(workspaceId, workspace, version.ModelKey, isPrompt),
                isPrompt
                    ? WebhookData.PromptVersionCreated(name, version.Version, tags, version.Description)
                    : WebhookData.VersionCreated(name, version.Version, source, runId, tags, version.Description),
                token);
            return version;
        }, ct);
        inspections.Wake();
        // The client looks at the logged model's tags next, and expects to find this version there.
        if (created.LoggedModelId is null)
            signal.Wake();
        else
            await signal.SettledAsync(Comfort, ct);
        var view = new VersionView(name, created, [.. tags], []);
        await MlflowResponse.WriteAsync(http, view, static (writer, version) => VersionJson.Write(writer, "model_version", version));
    }

    private static async Task<ModelVersion> AddAsync(
        RegistryDb db, int workspaceId, string name, string source, SourceOrigin origin, long now, CancellationToken ct)
    {
        // The update takes the row lock and the number at once, so that creators at the same time get one each.
        var numbered = await db.Database.SqlQuery<Numbered>($"""
            UPDATE registered_models SET last_version = last_version + 1, updated_at = {now}
            WHERE workspace_id = {workspaceId} AND name = {name}
            RETURNING model_key AS "ModelKey", last_version AS "Version"
            """).ToListAsync(ct);
        if (numbered is not [var given])
            throw ModelReader.NotFound(name);
        var version = new ModelVersion
        {
            ModelKey = given.ModelKey,
            Version = given.Version,
            WorkspaceId = workspaceId,
            CreatedAt = now,
            UpdatedAt = now,
            CurrentStage = Stage.None,
            Source = source,
            StorageLocation = origin.StorageLocation,
            RunId = origin.RunId,
            LoggedModelId = NullIfEmpty(origin.LoggedModelId),
        };
        db.Versions.Add(version);
        return version;
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private sealed record Numbered(long ModelKey, int Version);
}
