using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Tags;
using MlopsPlane.ModelRegistry.Webhooks.Events;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ModelRegistry.Models;

internal static class CreateModel
{
    internal static readonly MessageSchema Schema = new(
        Field.String("name", Check.Required, Check.String),
        Field.Messages("tags", TagMessage.Schema, Check.Array),
        Field.String("description", Check.String));

    public static async Task Handle(
        HttpContext http, RegistryDb db, ModelReader models, WorkspaceProjection<RegistryDb> workspaces, TimeProvider clock, WebhookOutbox webhooks,
        CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var name = ModelName.Check(request.String("name"));
        var tags = TagMessage.Read(request, TagRules.CheckModelTag);
        var description = request.String("description") ?? "";
        var workspaceId = await workspaces.ResolveAsync(http);
        var now = clock.NowMicroseconds();
        try
        {
            var created = await db.WriteAsync(async token =>
            {
                var model = new RegisteredModel { WorkspaceId = workspaceId, Name = name, Description = description, CreatedAt = now, UpdatedAt = now };
                db.Models.Add(model);
                await db.SaveChangesAsync(token);
                db.ModelTags.AddRange(tags.Select(tag => new ModelTag { ModelKey = model.ModelKey, Key = tag.Key, Value = tag.Value }));
                await webhooks.RecordAsync(
                    WebhookEvents.ModelCreated, new(workspaceId, http.Workspace(), model.ModelKey, tags.ContainsKey(TagRules.IsPrompt)),
                    WebhookData.Created(name, tags, description), token);
                return model;
            }, ct);
            var view = new ModelView(created.ModelKey, name, description, now, now, [], [.. tags], []);
            await MlflowResponse.WriteAsync(http, view, static (writer, model) => ModelJson.Write(writer, "registered_model", model));
        }
        catch (DbUpdateException taken) when (db.Provider.IsDuplicateKey(taken))
        {
            var existing = await models.FindAsync(workspaceId, name, ct);
            throw NameTaken(name, wasPrompt: existing?.IsPrompt == true, isPrompt: tags.ContainsKey(TagRules.IsPrompt));
        }
    }

    private static Primitives.PlaneException NameTaken(string name, bool wasPrompt, bool isPrompt)
    {
        if (wasPrompt == isPrompt)
            return MlflowErrors.AlreadyExists($"{(isPrompt ? "Prompt" : "Registered Model")} (name={name}) already exists.");
        return MlflowErrors.AlreadyExists(
            $"Tried to create a {(isPrompt ? "prompt" : "registered model")} with name {PythonText.Repr(name)}, but the name is "
            + $"already taken by a {(wasPrompt ? "prompt" : "registered model")}. MLflow does not allow creating a model and a prompt with the same name.");
    }
}
