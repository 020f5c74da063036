using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.ExperimentTracker.V1;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.ExperimentTracker.Runs.Rules;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Mlflow.Rules;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ExperimentTracker.Runs;

internal static class CreateRun
{
    /// <summary>The tag that holds a run's name once more; MLflow keeps both in step.</summary>
    public const string NameTag = "mlflow.runName";

    /// <summary>As long as MLflow's column.</summary>
    private const int MaxUserId = 256;

    private static readonly MessageSchema Tag = new(Field.String("key"), Field.String("value"));

    internal static readonly MessageSchema Schema = new(
        Field.Id("experiment_id", Check.String),
        Field.Int64("start_time", Check.IntLike),
        Field.String("run_name", Check.String),
        Field.String("user_id"),
        Field.Messages("tags", Tag));

    public static async Task Handle(
        HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces,
        [FromKeyedServices(TrackerModule.ServiceName)] OutboxSignal signal, TimeProvider clock, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var tags = ReadTags(request);
        var workspace = await workspaces.ResolveAsync(http);
        var run = await db.WriteAsync(async token =>
        {
            var experiment = await db.FindAsync(workspace, request.String("experiment_id"), http.NameGate(), token);
            experiment.CheckActive();
            var made = New(request, experiment, tags, clock);
            db.Add(made);
            await db.SaveChangesAsync(token);
            db.AddRange(tags.Select(tag => new RunTag { RunKey = made.RunKey, ExperimentKey = made.ExperimentKey, Key = tag.Key, Value = tag.Value }));
            var experimentId = experiment.ExperimentId.ToString(CultureInfo.InvariantCulture);
            await db.PublishAsync(
                new RunStarted(http.Workspace(), experimentId, made.RunId, made.Name, made.UserId, made.StartTime, made.ArtifactUri), clock, token);
            return made.ToFullRun(experiment.ExperimentId);
        }, ct);
        signal.Wake();
        run.Tags.AddRange(tags);
        await MlflowResponse.WriteAsync(http, run, static (writer, run) =>
        {
            writer.WritePropertyName("run"u8);
            RunJson.WriteRun(writer, run);
        });
    }

    private static SortedDictionary<string, string> ReadTags(MlflowMessage request)
    {
        var tags = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var i = 0;
        foreach (var tag in request.Messages("tags", Tag))
        {
            var (key, value) = EntityRules.RunTagAtCreation(tag.String("key") ?? "", tag.String("value") ?? "", $"tags[{i++}].");
            tags[key] = value;
        }

        return tags;
    }

    private static Run New(MlflowMessage request, Experiment experiment, SortedDictionary<string, string> tags, TimeProvider clock)
    {
        var name = request.String("run_name") ?? "";
        var tagged = tags.GetValueOrDefault(NameTag, "");
        if (name.Length > 0 && tagged.Length > 0 && name != tagged)
            throw MlflowErrors.Invalid(
                $"Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='{name}', mlflow.runName='{tagged}').");
        if (name.Length == 0)
            name = tagged.Length > 0 ? tagged : RandomRunName.Next();
        tags[NameTag] = name;
        var user = request.String("user_id") ?? "";
        KeyRules.CheckLength(user, MaxUserId, "user_id");
        var id = clock.NewHexId();
        return new Run
        {
            WorkspaceId = experiment.WorkspaceId,
            RunId = id,
            ExperimentKey = experiment.ExperimentKey,
            Name = name,
            UserId = user,
            Status = RunStatus.Running,
            StartTime = request.Int64("start_time") ?? 0,
            ArtifactUri = ArtifactLocation.Append(experiment.ArtifactLocation, id, "artifacts"),
        };
    }
}
