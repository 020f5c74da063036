using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.ModelRegistry.Models;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Tags;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.ModelRegistry.Import;

/// <summary>
/// <c>POST /api/v1/registry/import/models</c>: makes a registered model with its times, or brings the one up to date that
/// came from the same origin before.
/// </summary>
internal static class ImportModel
{
    private const int MaxAttempts = 3;

    /// <param name="Source">Names the other server, the same in every attempt.</param>
    /// <param name="SourceName">Its name there, where that is another one.</param>
    /// <param name="CreationTimestamp">Milliseconds since 1970 UTC; so is <paramref name="LastUpdatedTimestamp"/>.</param>
    public sealed record Request(
        string Source, string? SourceName, string Name, string? Description, long CreationTimestamp, long LastUpdatedTimestamp,
        IReadOnlyDictionary<string, string>? Tags);

    /// <param name="Outcome"><c>created</c> or <c>resumed</c>.</param>
    public sealed record Response(string Name, string Outcome);

    public static async Task<Ok<Response>> Handle(
        Request request, HttpContext http, RegistryDb db, WorkspaceProjection<RegistryDb> workspaces, CancellationToken ct)
    {
        var name = ModelName.Check(request.Name);
        var origin = ImportedModels.Origin(http, request.Source, request.SourceName, name);
        var tags = ImportedModels.Tags(request.Tags, TagRules.CheckModelTag);
        var (created, updated) = (ImportedModels.Microseconds(request.CreationTimestamp, "creationTimestamp"),
            ImportedModels.Microseconds(request.LastUpdatedTimestamp, "lastUpdatedTimestamp"));
        var workspaceId = await workspaces.ResolveAsync(http);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return TypedResults.Ok(await db.WriteAsync(async token =>
                {
                    var model = await db.TryTakeAsync(workspaceId, name, token);
                    var outcome = model is null ? "created" : "resumed";
                    if (model is null)
                        db.Models.Add(model = new RegisteredModel { WorkspaceId = workspaceId, Name = name, CreatedAt = created });
                    else if (!await db.IsImportedAsync(model, origin, token))
                        throw ImportedModels.NameTaken(name);
                    (model.Description, model.UpdatedAt) = (request.Description ?? "", updated);
                    await db.SaveChangesAsync(token);
                    tags[ImportedModels.OriginTag] = origin;
                    var known = await db.ModelTags.Where(tag => tag.ModelKey == model.ModelKey).ToDictionaryAsync(tag => tag.Key, token);
                    foreach (var (key, value) in tags)
                    {
                        if (known.TryGetValue(key, out var tag))
                            tag.Value = value;
                        else
                            db.ModelTags.Add(new ModelTag { ModelKey = model.ModelKey, Key = key, Value = value });
                    }

                    return new Response(name, outcome);
                }, ct));
            }
            catch (DbUpdateException raced) when (attempt < MaxAttempts && db.Provider.IsDuplicateKey(raced))
            {
                // Somebody took the name in the meantime; this time it is seen.
                db.ChangeTracker.Clear();
            }
        }
    }
}
