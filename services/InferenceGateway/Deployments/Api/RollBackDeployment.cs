using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using MlopsPlane.Contracts.ModelRegistry;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.InferenceGateway.Deployments.Changes;
using MlopsPlane.InferenceGateway.Deployments.Specs;
using MlopsPlane.InferenceGateway.Deployments.Status;
using MlopsPlane.InferenceGateway.Deployments.Targets;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.InferenceGateway.Deployments.Api;

/// <summary>
/// <c>POST /api/v1/serving/deployments/{name}/rollback</c>: serves the version before again, of every variant that has one,
/// until the alias moves or the spec names another version. A second one does not go forth again: two people who react to
/// the same alarm must not undo each other.
/// </summary>
internal static class RollBackDeployment
{
    private const int MaxReason = 1000;

    /// <param name="Variant">Only this one.</param>
    /// <param name="Version">This version of the variant's model instead of the one before; needs <c>variant</c>.</param>
    /// <param name="Reason">Why; the events keep it.</param>
    public sealed record Request(string? Variant = null, int? Version = null, string? Reason = null);

    public static async Task<Ok<DeploymentView>> Handle(
        string name, long? expectedGeneration, HttpContext http, InferenceDb db, IModelFacts models, StatusReader status,
        WorkspaceProjection<InferenceDb> workspaces, ChangeSignals signals, TimeProvider clock, CancellationToken ct)
    {
        var expected = Expectation.Of(http, expectedGeneration);
        var asked = await SpecBody.ReadOptionalAsync(http, Read) ?? new Request();
        var workspaceId = await workspaces.ResolveAsync(http);
        var known = asked.Version is null ? null : await KnownAsync(name, asked, http, db, models, workspaceId, ct);
        await db.WriteAsync(async token =>
        {
            var deployment = await db.TakeAsync(workspaceId, name, token);
            Expectation.Check(deployment, expected);
            var targets = await db.TargetsOfAsync(deployment, token);
            var at = clock.NowMicroseconds();
            var what = RollBack(name, Chosen(name, targets, asked.Variant), asked, known, at);
            var message = $"Rolled back {string.Join(", ", what)}.{(asked.Reason is null ? "" : $" {asked.Reason}")}";
            await db.ChangeAsync(deployment, targets, new Change(http.Workspace(), ChangeType.RolledBack, message, http.Actor(), at, DeploymentEvent.Warning), clock, token);
        }, ct);
        signals.Committed();
        db.ChangeTracker.Clear();
        return await GetDeployment.Handle(name, http, db, status, workspaces, ct);
    }

    /// <remarks>A misspelt <c>variant</c> must not roll back all of them.</remarks>
    private static Request Read(JsonElement json)
    {
        var body = new SpecObject(json, "", "variant", "version", "reason");
        var request = new Request(body.Text("variant", int.MaxValue), body.Int("version", 1, int.MaxValue), body.Text("reason", MaxReason));
        return request is { Version: not null, Variant: null } ? throw SpecError.Of("variant", "must say whose 'version' it is") : request;
    }

    /// <summary>The version that was asked for, if the registry has it.</summary>
    private static async Task<ModelVersionFacts> KnownAsync(
        string name, Request asked, HttpContext http, InferenceDb db, IModelFacts models, int workspaceId, CancellationToken ct)
    {
        var deployment = await db.GetAsync(workspaceId, name, ct);
        var target = Chosen(name, await db.TargetsOfAsync(deployment, ct), asked.Variant)[0];
        db.ChangeTracker.Clear();
        var reference = new ModelReference(target.Model, asked.Version, null);
        TargetResolver.RequireReading(http, target.Model);
        return await models.FindVersionAsync(http.Workspace(), target.Model, asked.Version!.Value, ct) ?? throw TargetResolver.NotFound("version", reference);
    }

    private static List<DeploymentTarget> Chosen(string name, List<DeploymentTarget> targets, string? variant)
    {
        if (variant is null)
            return targets;
        return targets.SingleOrDefault(target => target.Variant == variant) is { } one
            ? [one]
            : throw PlaneError.NotFound("variant_not_found", $"The deployment '{name}' has no variant '{variant}' of the registry.").ToException();
    }

    private static List<string> RollBack(string name, List<DeploymentTarget> targets, Request asked, ModelVersionFacts? known, long at)
    {
        var done = new List<string>();
        foreach (var target in targets)
        {
            if ((asked.Version ?? target.PreviousVersion) is not { } version || version == target.Version || (known is not null && known.Model != target.Model))
                continue;
            done.Add($"{target.Variant} from version {target.Version} to {version}");
            (target.Version, target.PreviousVersion, target.RolledBack, target.MovedAt) = (version, null, true, at);
            (target.MemoryBytes, target.FileBytes) = (null, known is null ? target.FileBytes : TargetResolver.FileBytesOf(known));
        }

        return done.Count > 0
            ? done
            : throw PlaneError.Conflict("nothing_to_roll_back", asked.Version is { } same
                ? $"The variant '{asked.Variant}' of '{name}' serves version {same} already."
                : $"No version was served before the present one by {(asked.Variant is null ? $"any variant of '{name}'" : $"the variant '{asked.Variant}' of '{name}'")}.").ToException();
    }
}
