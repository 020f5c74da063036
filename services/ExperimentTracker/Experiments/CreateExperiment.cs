using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Contracts.Access;
using MlopsPlane.ExperimentTracker.Artifacts;
using MlopsPlane.ExperimentTracker.Runs.Rules;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ExperimentTracker.Experiments;

internal static class CreateExperiment
{
    private static readonly MessageSchema Tag = new(Field.String("key"), Field.String("value"));

    internal static readonly MessageSchema Schema = new(
        Field.String("name", Check.Required, Check.String),
        Field.String("artifact_location", Check.String),
        Field.Messages("tags", Tag, Check.Array));

    public static async Task Handle(
        HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, IWorkspaceDirectory directory, TimeProvider clock,
        CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var name = request.String("name")!;
        var location = request.String("artifact_location") is { Length: > 0 } given ? ArtifactLocation.Resolve(given) : null;
        ExperimentRules.CheckName(name);
        var tags = ReadTags(request);
        http.NameGate()?.Require(name);
        var workspace = await workspaces.ResolveAsync(http);
        if (location is not null)
            await http.RequireLocationAsync(location, ct);
        var root = location is null ? await directory.ArtifactRootAsync(http.Workspace(), ct) : null;
        var id = await StoreAsync(
            db, workspace, name, id => location ?? ArtifactLocation.Default(http.Workspace(), root, id), tags, clock.NowMilliseconds(), ct);
        await MlflowResponse.WriteAsync(http, id, static (writer, id) => writer.WriteString("experiment_id"u8, $"{id}"));
    }

    private static Dictionary<string, string> ReadTags(MlflowMessage request)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in request.Messages("tags", Tag))
        {
            var (key, value) = (tag.String("key") ?? "", tag.String("value") ?? "");
            EntityRules.CheckExperimentTagAtCreation(key, value);
            tags[key] = value;
        }

        return tags;
    }

    private static async Task<long> StoreAsync(
        TrackerDb db, int workspaceId, string name, Func<long, string> location, Dictionary<string, string> tags, long now, CancellationToken ct)
    {
        try
        {
            return await db.WriteAsync(async token =>
            {
                if (await db.Set<Experiment>().AnyAsync(row => row.WorkspaceId == workspaceId && row.Name == name, token))
                    throw ExperimentRules.NameTaken(name);
                var id = await ExperimentIds.NextAsync(db, workspaceId, token);
                var experiment = new Experiment
                {
                    WorkspaceId = workspaceId,
                    ExperimentId = id,
                    Name = name,
                    ArtifactLocation = location(id),
                    CreationTime = now,
                    LastUpdateTime = now,
                };
                db.Add(experiment);
                await db.SaveChangesAsync(token);
                db.AddRange(tags.Select(tag => new ExperimentTag { ExperimentKey = experiment.ExperimentKey, Key = tag.Key, Value = tag.Value }));
                return id;
            }, ct);
        }
        catch (DbUpdateException raced) when (db.Provider.IsDuplicateKey(raced))
        {
            throw ExperimentRules.NameTaken(name);
        }
    }
}
