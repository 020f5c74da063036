using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.ExperimentTracker.V1;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Artifacts;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Artifacts;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ExperimentTracker.Runs.Prompting;

/// <summary>A finished run that records one prompt with its answer, as MLflow's pages create it.</summary>
internal static class CreatePromptlabRun
{
    public static async Task Handle(
        HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, IArtifactStore store,
        [FromKeyedServices(TrackerModule.ServiceName)] OutboxSignal signal, TimeProvider clock, CancellationToken ct)
    {
        var prompt = PromptMessage.Read(await MlflowRequest.ReadAsync(http, PromptMessage.Schema), clock);
        var workspace = await workspaces.ResolveAsync(http);
        var run = await db.WriteAsync(async token =>
        {
            var experiment = await db.FindAsync(workspace, prompt.ExperimentId, http.NameGate(), token);
            experiment.CheckActive();
            var made = New(experiment, prompt, clock);
            db.Add(made);
            await db.SaveChangesAsync(token);
            var shown = made.ToFullRun(experiment.ExperimentId);
            shown.Params.AddRange(prompt.Params);
            shown.Tags.AddRange(prompt.TagsWith(made.Name));
            db.AddRange(shown.Params.Select(param => new Param { RunKey = made.RunKey, ExperimentKey = made.ExperimentKey, Key = param.Key, Value = param.Value }));
            db.AddRange(shown.Tags.Select(tag => new RunTag { RunKey = made.RunKey, ExperimentKey = made.ExperimentKey, Key = tag.Key, Value = tag.Value }));
            // Under the run's name before the run is visible: a reader never finds the run without its table.
            if (ArtifactUri.TryResolve($"{made.ArtifactUri}/{PromptMessage.TableName}", out var path))
                await StoreAsync(store, ArtifactScope.Place(http.Workspace(), path), prompt, token);
            await PublishAsync(db, http.Workspace(), shown, clock, token);
            return shown;
        }, ct);
        signal.Wake();
        await MlflowResponse.WriteAsync(http, run, static (writer, run) =>
        {
            writer.WritePropertyName("run"u8);
            RunJson.WriteRun(writer, run);
        });
    }

    private static Run New(Experiment experiment, PromptMessage prompt, TimeProvider clock)
    {
        var id = clock.NewHexId();
        return new Run
        {
            WorkspaceId = experiment.WorkspaceId,
            RunId = id,
            ExperimentKey = experiment.ExperimentKey,
            Name = prompt.RunName ?? RandomRunName.Next(),
            UserId = prompt.UserId,
            Status = RunStatus.Finished,
            StartTime = prompt.StartTime,
            EndTime = clock.NowMilliseconds(),
            ArtifactUri = ArtifactLocation.Append(experiment.ArtifactLocation, id, "artifacts"),
        };
    }

    private static async Task StoreAsync(IArtifactStore store, ArtifactPath path, PromptMessage prompt, CancellationToken ct)
    {
        var table = prompt.Table();
        await using var body = new MemoryStream(table, writable: false);
        await store.WriteAsync(path, body, table.Length, ct);
    }

    private static async Task PublishAsync(TrackerDb db, string workspace, FullRun run, TimeProvider clock, CancellationToken ct)
    {
        var (info, experiment) = (run.Info, run.Info.ExperimentId.ToString(CultureInfo.InvariantCulture));
        await db.PublishAsync(new RunStarted(workspace, experiment, info.RunId, info.Name, info.UserId, info.StartTime, info.ArtifactUri), clock, ct);
        await db.PublishAsync(
            new RunFinished(
                workspace, experiment, info.RunId, info.Name, info.Status, info.StartTime, info.EndTime,
                new Dictionary<string, double>(StringComparer.Ordinal), run.Params.ToDictionary(StringComparer.Ordinal), []),
            clock, ct);
    }
}
