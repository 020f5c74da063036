using Microsoft.AspNetCore.Http;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.LoggedModels.Reading;
using MlopsPlane.ExperimentTracker.Runs;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.LoggedModels;

internal static class CreateLoggedModel
{
    internal static readonly MessageSchema Schema = new(
        Field.Id("experiment_id", Check.Required, Check.String),
        Field.String("name", Check.String),
        Field.String("model_type", Check.String),
        Field.String("source_run_id", Check.String),
        Field.Messages("params", LoggedModelRules.Pair, Check.Array),
        Field.Messages("tags", LoggedModelRules.Pair, Check.Array));

    public static async Task Handle(
        HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, TimeProvider clock, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var name = request.String("name") ?? RandomRunName.Next();
        LoggedModelRules.CheckName(name);
        var tags = LoggedModelRules.ReadPairs(request, "tags");
        var parameters = LoggedModelRules.ReadPairs(request, "params");
        var workspace = await workspaces.ResolveAsync(http);
        var (model, experimentId) = await db.WriteAsync(async token =>
        {
            var experiment = await db.FindAsync(workspace, request.String("experiment_id"), http.NameGate(), token);
            experiment.CheckActive();
            var id = $"m-{clock.NewHexId()}";
            var now = clock.NowMilliseconds();
            var model = new LoggedModel
            {
                WorkspaceId = workspace,
                ModelId = id,
                ExperimentKey = experiment.ExperimentKey,
                Name = name,
                ArtifactUri = ArtifactLocation.Append(experiment.ArtifactLocation, "models", id, "artifacts"),
                CreationTime = now,
                LastUpdateTime = now,
                Status = LoggedModelRules.Pending,
                // MLflow keeps and shows an absent text as an empty one here.
                ModelType = request.String("model_type") ?? "",
                SourceRunId = request.String("source_run_id") ?? "",
            };
            db.Add(model);
            await db.SaveChangesAsync(token);
            db.AddRange(tags.Select(tag => new LoggedModelTag { ModelKey = model.ModelKey, Key = tag.Key, Value = tag.Value }));
            db.AddRange(parameters.Select(param => new LoggedModelParam { ModelKey = model.ModelKey, Key = param.Key, Value = param.Value }));
            return (model, experiment.ExperimentId);
        }, ct);

        var full = new FullLoggedModel(model, experimentId);
        full.Tags.AddRange(tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => new LoggedModelTag { Key = tag.Key, Value = tag.Value }));
        full.Params.AddRange(parameters.OrderBy(param => param.Key, StringComparer.Ordinal).Select(param => new LoggedModelParam { Key = param.Key, Value = param.Value }));
        await LoggedModelJson.WriteAsync(http, full);
    }
}
