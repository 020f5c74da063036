using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.InferenceGateway.Deployments.Changes;
using MlopsPlane.InferenceGateway.Deployments.Specs;
using MlopsPlane.InferenceGateway.Deployments.Status;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.InferenceGateway.Deployments.Api;

/// <summary>
/// <c>POST /api/v1/serving/deployments/{name}/retry</c>: every replica tries again what it could not load, and what it keeps
/// out because its process died of it.
/// </summary>
internal static class RetryDeployment
{
    private const int MaxReason = 1000;

    /// <param name="Reason">Why; the events keep it.</param>
    public sealed record Request(string? Reason = null);

    public static async Task<Ok<DeploymentView>> Handle(
        string name, long? expectedGeneration, HttpContext http, InferenceDb db, StatusReader status,
        WorkspaceProjection<InferenceDb> workspaces, ChangeSignals signals, TimeProvider clock, CancellationToken ct)
    {
        var expected = Expectation.Of(http, expectedGeneration);
        var asked = await SpecBody.ReadOptionalAsync(http, Read) ?? new Request();
        var workspaceId = await workspaces.ResolveAsync(http);
        await db.WriteAsync(async token =>
        {
            var deployment = await db.TakeAsync(workspaceId, name, token);
            Expectation.Check(deployment, expected);
            deployment.Retries++;
            var targets = await db.TargetsOfAsync(deployment, token);
            var message = asked.Reason is null ? "Tried again." : $"Tried again. {asked.Reason}";
            await db.ChangeAsync(deployment, targets, new Change(http.Workspace(), ChangeType.Retried, message, http.Actor(), clock.NowMicroseconds()), clock, token);
        }, ct);
        signals.Committed();
        db.ChangeTracker.Clear();
        return await GetDeployment.Handle(name, http, db, status, workspaces, ct);
    }

    private static Request Read(JsonElement json) => new(new SpecObject(json, "", "reason").Text("reason", MaxReason));
}
