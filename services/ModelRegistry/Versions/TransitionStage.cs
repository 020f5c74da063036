using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.ModelRegistry.History;
using MlopsPlane.ModelRegistry.Models;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Webhooks.Events;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ModelRegistry.Versions;

internal static class TransitionStage
{
    internal static readonly MessageSchema Schema = new(
        Field.String("name", Check.Required, Check.String),
        Field.String("version", Check.Required, Check.String),
        Field.String("stage", Check.Required, Check.String),
        Field.Bool("archive_existing_versions", Check.Bool));

    public static async Task Handle(
        HttpContext http, RegistryDb db, VersionReader versions, WorkspaceProjection<RegistryDb> workspaces, TimeProvider clock,
        WebhookOutbox webhooks, [FromKeyedServices(RegistryModule.ServiceName)] OutboxSignal signal, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var stage = Stage.Canonical(request.String("stage")!);
        var archive = request.Bool("archive_existing_versions") == true;
        if (archive && !Stage.IsActive(stage))
            throw MlflowErrors.Invalid(
                $"Model version transition cannot archive existing model versions because '{request.String("stage")}' is not an Active stage. "
                + "Valid stages are ['Staging', 'Production']");
        var name = ModelName.Check(request.String("name"));
        var number = VersionNumber.Parse(request.String("version"));
        var workspaceId = await workspaces.ResolveAsync(http);
        var change = Change.Of(http, http.Workspace(), clock.NowMicroseconds());
        await db.WriteAsync(async token =>
        {
            var (model, version) = await db.TakeVersionAsync(workspaceId, name, number, token);
            if (archive)
                await ArchiveOthersAsync(db, model, number.Value, stage, change, webhooks, clock, token);
            await MoveAsync(db, model, version, stage, change, webhooks, clock, token);
            model.UpdatedAt = change.At;
        }, ct);
        signal.Wake();
        var moved = await versions.GetAsync(workspaceId, name, number, ct);
        await MlflowResponse.WriteAsync(http, moved, static (writer, version) => VersionJson.Write(writer, "model_version", version));
    }

    private static async Task ArchiveOthersAsync(
        RegistryDb db, RegisteredModel model, int version, string stage, Change change, WebhookOutbox webhooks, TimeProvider clock, CancellationToken ct)
    {
        var others = await db.Versions
            .Where(row => row.ModelKey == model.ModelKey && row.CurrentStage == stage && row.Version != version)
            .OrderBy(row => row.Version).ToListAsync(ct);
        foreach (var other in others)
            await MoveAsync(db, model, other, Stage.Archived, change, webhooks, clock, ct);
    }

    private static async Task MoveAsync(
        RegistryDb db, RegisteredModel model, ModelVersion version, string to, Change change, WebhookOutbox webhooks, TimeProvider clock, CancellationToken ct)
    {
        var from = version.CurrentStage;
        (version.CurrentStage, version.UpdatedAt) = (to, change.At);
        // A transition to the stage that it has already bumps the time, as MLflow does, but moves nothing.
        if (from != to)
            await db.RecordStageAsync(model, version.Version, from, to, change, webhooks, clock, ct);
    }
}
