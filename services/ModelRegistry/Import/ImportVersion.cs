using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.ModelRegistry.V1;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Mlflow.Rules;
using MlopsPlane.ModelRegistry.Content;
using MlopsPlane.ModelRegistry.History;
using MlopsPlane.ModelRegistry.Models;
using MlopsPlane.ModelRegistry.Sources;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Tags;
using MlopsPlane.ModelRegistry.Versions;
using MlopsPlane.ModelRegistry.Webhooks.Events;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ModelRegistry.Import;

/// <summary>
/// <c>POST /api/v1/registry/import/versions</c>: makes a version under its own number, with its times and stage; or brings
/// the one of that number up to date. Other services learn it by the usual events, webhooks do not fire.
/// </summary>
internal static class ImportVersion
{
    private const int MaxIdLength = 256;

    /// <summary>Numbers that are given later must have room above it.</summary>
    private const int MaxVersion = 1_000_000_000;

    /// <param name="Source">Names the other server, as when the model was imported; so does <paramref name="SourceName"/>.</param>
    /// <param name="Model">The imported model's name here.</param>
    /// <param name="Version">Its number, which stays; numbers may be left out.</param>
    /// <param name="Location">Where the version's files are, as MLflow's <c>source</c>; the same rules hold.</param>
    /// <param name="RunId">The run here that made it; so is <paramref name="ModelId"/> the logged model here.</param>
    /// <param name="CreationTimestamp">Milliseconds since 1970 UTC; so is <paramref name="LastUpdatedTimestamp"/>.</param>
    /// <param name="Stage">None, Staging, Production or Archived; None when absent.</param>
    public sealed record Request(
        string Source, string? SourceName, string Model, int Version, string Location, string? RunId, string? ModelId, string? RunLink,
        string? Description, string? Stage, long CreationTimestamp, long LastUpdatedTimestamp, IReadOnlyDictionary<string, string>? Tags);

    /// <param name="Outcome"><c>created</c> or <c>resumed</c>.</param>
    public sealed record Response(string Model, int Version, string Outcome);

    public static async Task<Ok<Response>> Handle(
        Request request, HttpContext http, RegistryDb db, SourceGuard guard, SourceResolver resolver, WorkspaceProjection<RegistryDb> workspaces,
        TimeProvider clock, InspectionSignal inspections, WebhookOutbox webhooks, [FromKeyedServices(RegistryModule.ServiceName)] OutboxSignal signal,
        CancellationToken ct)
    {
        var model = ModelName.Check(request.Model, "model");
        var origin = ImportedModels.Origin(http, request.Source, request.SourceName, model);
        if (request.Version is < 1 or > MaxVersion)
            throw PlaneError.Invalid("invalid_version", $"'version' must be 1 to {MaxVersion}.").ToException();
        if (string.IsNullOrEmpty(request.Location))
            throw PlaneError.Invalid("missing_value", "'location' must not be empty.").ToException();
        var (runId, modelId) = (request.RunId ?? "", request.ModelId ?? "");
        KeyRules.CheckLength(runId, MaxIdLength, "runId");
        KeyRules.CheckLength(modelId, MaxIdLength, "modelId");
        var stage = Stage.Canonical(request.Stage ?? Stage.None);
        var tags = ImportedModels.Tags(request.Tags, TagRules.CheckVersionTag);
        var (created, updated) = (ImportedModels.Microseconds(request.CreationTimestamp, "creationTimestamp"),
            ImportedModels.Microseconds(request.LastUpdatedTimestamp, "lastUpdatedTimestamp"));
        SourcePermission.Require(http.Caller(), http.Workspace(), request.Location, runId, modelId);
        var isPrompt = tags.ContainsKey(TagRules.IsPrompt);
        await guard.CheckAsync(http.Workspace(), request.Location, runId, modelId, isPrompt, ct);
        var workspaceId = await workspaces.ResolveAsync(http);
        var found = await resolver.ResolveAsync(http.Workspace(), workspaceId, request.Location, runId, isPrompt ? "" : modelId, ct);
        webhooks.Mute();
        var change = Change.Of(http, http.Workspace(), clock.NowMicroseconds(), "imported");
        var outcome = await db.WriteAsync(async token =>
        {
            var registered = await db.TakeImportedAsync(workspaceId, model, origin, token);
            var version = await db.Versions.SingleOrDefaultAsync(row => row.ModelKey == registered.ModelKey && row.Version == request.Version, token);
            if (version?.CurrentStage == Stage.Deleted)
                throw PlaneError.Conflict("version_deleted", $"Version {request.Version} of '{model}' was deleted here; its number is not used again.").ToException();
            var isNew = version is null;
            version ??= await AddAsync(db, registered, request, found, created, !isPrompt, token);
            var from = version.CurrentStage;
            (version.Description, version.CurrentStage, version.UpdatedAt) = (request.Description ?? "", stage, updated);
            await db.SaveChangesAsync(token);
            await SetTagsAsync(db, version, tags, token);
            if (isNew)
                await db.PublishAsync(new ModelVersionCreated(
                    http.Workspace(), model, version.Version, version.Source, version.RunId is { Length: > 0 } run ? run : null, version.LoggedModelId,
                    Instant.ToDateTime(created)), clock, token);
            if (from != stage)
                await db.RecordStageAsync(registered, version.Version, from, stage, change, webhooks, clock, token);
            return isNew ? "created" : "resumed";
        }, ct);
        inspections.Wake();
        signal.Wake();
        return TypedResults.Ok(new Response(model, request.Version, outcome));
    }

    private static async Task<ModelVersion> AddAsync(
        RegistryDb db, RegisteredModel model, Request request, SourceOrigin origin, long created, bool hasFiles, CancellationToken ct)
    {
        var version = new ModelVersion
        {
            ModelKey = model.ModelKey,
            Version = request.Version,
            WorkspaceId = model.WorkspaceId,
            CreatedAt = created,
            UpdatedAt = created,
            CurrentStage = Stage.None,
            Source = request.Location,
            StorageLocation = origin.StorageLocation,
            RunId = origin.RunId,
            RunLink = request.RunLink ?? "",
            LoggedModelId = origin.LoggedModelId.Length == 0 ? null : origin.LoggedModelId,
        };
        db.Versions.Add(version);
        if (hasFiles)
            db.Add(VersionContent.Awaiting(version));
        // Numbers that are given from now on come after this one.
        await db.Models.Where(row => row.ModelKey == model.ModelKey && row.LastVersion < request.Version)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.LastVersion, request.Version), ct);
        return version;
    }

    private static async Task SetTagsAsync(RegistryDb db, ModelVersion version, SortedDictionary<string, string> tags, CancellationToken ct)
    {
        var known = await db.VersionTags.Where(tag => tag.ModelKey == version.ModelKey && tag.Version == version.Version)
            .ToDictionaryAsync(tag => tag.Key, ct);
        foreach (var (key, value) in tags)
        {
            if (known.TryGetValue(key, out var tag))
                tag.Value = value;
            else
                db.VersionTags.Add(new VersionTag { ModelKey = version.ModelKey, Version = version.Version, Key = key, Value = value });
        }
    }
}
